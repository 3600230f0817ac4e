import type { TaskSettings } from '../../catalog/catalog.js';
import type { Outcome } from '../../runtime/runtime.js';
import { newTaskId } from '../../tasks/new-task.js';
import type { BegunCall } from '../../tasks/tasks.js';
import { NOTHING, statusOf } from '../messages/answer.js';
import { ForegroundSite } from '../features/call-site.js';
import { callErrorAnswer } from '../features/scopes.js';
import type { Cancellations } from '../messages/cancellations.js';
import { REVISION_2026 } from './envelope.js';
import type { Answer } from '../messages/exchange.js';
import type { Incoming } from '../messages/incoming.js';
import { isObject } from '../messages/parse-message.js';
import { invalidParams } from '../messages/refusal.js';
import type { RequestStateCodec, StateBinding } from '../sealed/request-state.js';
import { error2026, type Results } from './results.js';
import { Rounds, type SealedCall } from './rounds.js';

/** What a foreground call of 2026-07-28 is served with. */
export interface CallServices {
  readonly requestState: RequestStateCodec;
  readonly results: Results;
  readonly cancellations: Cancellations;
}

/** How a call goes on as a task. */
export interface Becoming {
  /** Answers with the task. */
  create(begun: BegunCall): Promise<Answer>;
  cancel(taskId: string): Promise<unknown>;
}

/** One call that may end in `input_required`: `tools/call`, `prompts/get` or `resources/read`. */
export interface ForegroundCall<R> {
  /** The tool's or prompt's name, or the resource's URI. */
  readonly name: string;
  readonly args: unknown;
  readonly asTask?: TaskSettings | undefined;
  /** Absent where the call can become no task. */
  readonly become?: Becoming | undefined;
  /** Members that a complete result has beside its own. */
  readonly extra?: string;
  run(site: ForegroundSite): Promise<Outcome<R>>;
}

/** Runs a call to its end, or to the point where its client must answer something first. */
export async function serveCall<R extends object>(
  incoming: Incoming,
  call: ForegroundCall<R>,
  { requestState, results, cancellations }: CallServices,
): Promise<Answer> {
  const { id, params, exchange, method } = incoming;
  const binding = { owner: exchange.principal.owner, method, name: call.name, args: call.args };
  const state = stateIn(params, requestState, binding);
  const rounds = new Rounds(state, responsesIn(params));
  const site = new ForegroundSite(REVISION_2026, incoming, {
    inbox: rounds,
    journal: rounds.journal,
    ...(state && { callId: state.callId }),
    // The id that its task will have: what the handler asks must not change when it becomes one.
    ...(!state && call.asTask?.attached && { callId: newTaskId() }),
    ...(call.asTask && { asTask: call.asTask }),
    detachable: call.become !== undefined,
  });
  // The transport says when the client has gone, or cancelled: on this revision both end the call.
  exchange.onClose(() => site.cancel('The client has gone.'));
  const untrack = cancellations.track(incoming, (why) => site.cancel(why));
  try {
    let outcome = await call.run(site);
    while (outcome.kind === 'parked' && !site.detached && (await rounds.getsFurther(site.signal())))
      outcome = await call.run(site);
    if (site.cancelled) return NOTHING;
    if (site.detached && call.become) {
      const { callId } = site;
      const answer = await call.become.create({ callId, journal: rounds.journal.entries() });
      if (!site.cancelled) return answer;
      // Who gave the call up never heard of its task.
      await call.become.cancel(callId);
      return NOTHING;
    }
    if (outcome.kind === 'result') {
      const result = outcome.result as Record<string, unknown>;
      return results.answer(id, isRetry(params) ? withoutHints(result) : result, call.extra);
    }
    if (outcome.kind === 'error')
      return callErrorAnswer(id, error2026(outcome.error), exchange, statusOf(outcome.error.code));
    return results.typed(id, 'input_required', {
      inputRequests: rounds.questions,
      requestState: requestState.seal(rounds.seal(site.callId), binding),
    });
  } finally {
    site.end();
    untrack();
  }
}

const isRetry = (params: Incoming['params']): boolean =>
  params['requestState'] !== undefined || params['inputResponses'] !== undefined;

/** What depends on answers is not to be cached, whatever its handler says (`server/utilities/caching`, "Cache Key"). */
function withoutHints(result: Readonly<Record<string, unknown>>): Readonly<Record<string, unknown>> {
  if (!('ttlMs' in result) && !('cacheScope' in result)) return result;
  const { ttlMs: _, cacheScope: __, ...rest } = result;
  return rest;
}

function stateIn(params: Incoming['params'], codec: RequestStateCodec, binding: StateBinding): SealedCall | undefined {
  const sealed = params['requestState'];
  if (sealed === undefined) return undefined;
  const state = typeof sealed === 'string' ? codec.open(sealed, binding) : undefined;
  if (state === undefined)
    throw invalidParams('"requestState" is not valid for this request, or has expired: start again without it.');
  return state as SealedCall;
}

function responsesIn({ inputResponses = {} }: Incoming['params']): Readonly<Record<string, unknown>> {
  if (!isObject(inputResponses)) throw invalidParams('"inputResponses" must be an object.');
  return inputResponses;
}
