import { PerduraError, ToolError } from '../../errors.js';
import { milliseconds } from '../../metadata/duration.js';
import type { SchemaSource } from '../../metadata/options.js';
import { type FormSchema, formSchema } from '../../schema/form-schema.js';
import type { ElicitRequestFormParams, InputRequest, InputResponse } from '../../spec.js';
import { requireCapability } from '../capabilities.js';
import type { ElicitOptions } from '../context.js';
import type { Effects } from '../journal/effects.js';
import { againKey, type Scope } from '../scope.js';
import { answerWithin } from './untrusted-answer.js';

/** The user was asked and said no (`decline`) or looked away (`cancel`). Uncaught, it tells the model so. */
export class ElicitationDeclined extends ToolError {
  override readonly name = 'ElicitationDeclined';

  constructor(readonly action: 'decline' | 'cancel') {
    super(action === 'decline' ? 'The user declined to answer.' : 'The user dismissed the question without an answer.');
  }
}

// Clients check forms too; one that sends what does not fit three times will not do better.
const TRIES = 3;

const forms = new WeakMap<SchemaSource, FormSchema>();

function compiled<T>(source: SchemaSource<T>): FormSchema<T> {
  const known = forms.get(source) as FormSchema<T> | undefined;
  if (known !== undefined) return known;
  const form = formSchema(source);
  forms.set(source, form);
  return form;
}

interface AskForm {
  /** The most bytes of an answer. */
  readonly limit: number;
  readonly deadline?: number | undefined;
  readonly key?: string | undefined;
}

type Reply = { readonly action: string; readonly content?: unknown };

/** `ctx.elicit`: asks by a form, again where the content does not fit it, and gives back the validated content. */
export async function elicit<T>(
  effects: Effects,
  scope: Scope,
  limit: number,
  question: { readonly message: string; readonly form: SchemaSource<T>; readonly options?: ElicitOptions },
): Promise<T> {
  const { message, form, options } = question;
  requireCapability(effects.site.client, 'elicitation', 'ctx.elicit()');
  const schema = compiled(form);
  const params: ElicitRequestFormParams = { mode: 'form', message, requestedSchema: schema.requestedSchema };
  const key = options?.key === undefined ? undefined : scope.questionKey(options.key);
  const deadline = options?.timeout === undefined ? undefined : await recordDeadline(effects, scope, options.timeout);
  for (let tries = 1; tries <= TRIES; tries++) {
    // No key is ever used for two questions, so that an answer to the first is not taken for one to the second.
    const own = key === undefined || tries === 1 ? key : againKey(key, tries);
    const { action, content } = await askForm(effects, scope, params, { limit, deadline, key: own });
    if (action === 'expired') throw PerduraError.of('ELICITATION_EXPIRED', message);
    if (action !== 'accept') throw new ElicitationDeclined(action === 'decline' ? 'decline' : 'cancel');
    const checked = await schema.validate(content ?? {});
    if (checked.ok) return checked.value;
  }
  throw PerduraError.of('ELICITATION_INVALID', message, TRIES);
}

// Recorded, so that a question does not get a new deadline every time the call is run again.
async function recordDeadline(
  effects: Effects,
  scope: Scope,
  timeout: NonNullable<ElicitOptions['timeout']>,
): Promise<number> {
  const { value } = await effects.record(scope, {
    name: 'elicit.deadline',
    asked: ['deadline'],
    perform: () => (effects.site.inbox.now?.() ?? Date.now()) + milliseconds(timeout),
  });
  return value as number;
}

/** Puts one form to the user and records the reply, whatever it is; its content is not checked yet. */
export async function askForm(
  effects: Effects,
  scope: Scope,
  params: ElicitRequestFormParams,
  { limit, deadline, key: own }: AskForm,
): Promise<Reply> {
  const { value } = await effects.record(scope, {
    name: 'elicit',
    ...(own !== undefined && { key: own }),
    asked: ['elicit', params],
    perform: async (key, _, print) => {
      const request: InputRequest = { method: 'elicitation/create', params };
      const question = { request, fingerprint: print, ...(deadline !== undefined && { deadline }) };
      try {
        const answer = await effects.ask(scope, key, question);
        return readReply(key, answerWithin(limit, key, answer));
      } catch (error) {
        // Part of the call's history like any other answer: later runs must not ask anew.
        if (error instanceof PerduraError && error.code === 'ELICITATION_EXPIRED') return { action: 'expired' };
        throw error;
      }
    },
  });
  return value as Reply;
}

function readReply(key: string, answer: InputResponse): Reply {
  const action = readAction(key, answer);
  return action === 'accept' ? { action, content: answer['content'] ?? {} } : { action };
}

/** @throws PerduraError `ANSWER_INVALID` */
export function readAction(key: string, { action }: InputResponse): 'accept' | 'decline' | 'cancel' {
  if (action === 'accept' || action === 'decline' || action === 'cancel') return action;
  throw PerduraError.of('ANSWER_INVALID', key, 'action must be "accept", "decline" or "cancel"');
}
