import { PerduraError, ToolError } from '../../errors.js';
import { milliseconds } from '../../metadata/duration.js';
import type { SchemaSource } from '../../metadata/options.js';
import { type FormSchema, formSchema } from '../../schema/form-schema.js';
import type { ElicitRequestFormParams, ElicitRequestUrlParams, InputRequest } from '../../spec.js';
import { requireCapability } from '../capabilities.js';
import type { ElicitOptions } from '../context.js';
import type { Effects } from '../journal/effects.js';
import { onceEach } from '../once-each.js';
import { timeOf } from '../journal/inbox.js';
import { againKey, type Scope } from '../scope.js';
import { checkedAnswer } from './untrusted-answer.js';

/** The user was asked and said no (`decline`) or looked away (`cancel`). Uncaught, it tells the model so. */
export class ElicitationDeclined extends ToolError {
  override readonly name = 'ElicitationDeclined';

  constructor(readonly action: 'decline' | 'cancel') {
    super(action === 'decline' ? 'The user declined to answer.' : 'The user dismissed the question without an answer.');
  }
}

// Clients check forms too; one that sends what does not fit three times will not do better.
const TRIES = 3;

const compiled = onceEach(formSchema) as <T>(source: SchemaSource<T>) => FormSchema<T>;

interface Asking {
  readonly deadline?: number | undefined;
  readonly key?: string | undefined;
}

interface Reply {
  readonly action: 'accept' | 'decline' | 'cancel' | 'expired';
  readonly content?: unknown;
}

/** `ctx.elicit`: asks by a form, again where the content does not fit it, and gives back the validated content. */
export async function elicit<T>(
  effects: Effects,
  scope: Scope,
  question: { readonly message: string; readonly form: SchemaSource<T>; readonly options?: ElicitOptions | undefined },
): Promise<T> {
  const { message, form, options } = question;
  requireCapability(effects.site.client, 'elicitation', 'ctx.elicit()');
  const schema = compiled(form);
  const params: ElicitRequestFormParams = { mode: 'form', message, requestedSchema: schema.requestedSchema };
  const key = scope.questionKey(options?.key);
  const deadline = options?.timeout === undefined ? undefined : await recordDeadline(effects, scope, options.timeout);
  for (let tries = 1; tries <= TRIES; tries++) {
    const { action, content } = await askUser(effects, scope, params, { deadline, key: againKey(key, tries) });
    if (action === 'expired') throw PerduraError.of('ELICITATION_EXPIRED', message);
    if (action !== 'accept') throw new ElicitationDeclined(action);
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
    perform: () => timeOf(effects.site.inbox) + milliseconds(timeout),
  });
  return value as number;
}

/** Puts one question to the user and records the reply, whatever it is; the content of a form is not checked yet. */
export async function askUser(
  effects: Effects,
  scope: Scope,
  params: ElicitRequestFormParams | ElicitRequestUrlParams,
  { deadline, key: own }: Asking = {},
): Promise<Reply> {
  const name = params.mode === 'url' ? 'elicitUrl' : 'elicit';
  const { value } = await effects.record(scope, {
    name,
    key: own,
    asked: [name, params],
    perform: async (key, _, print) => {
      const request: InputRequest = { method: 'elicitation/create', params };
      const question = { request, fingerprint: print, ...(deadline !== undefined && { deadline }) };
      try {
        const { action, content = {} } = checkedAnswer(key, await effects.ask(scope, key, question));
        if (action === 'accept') return params.mode === 'url' ? { action } : { action, content };
        if (action === 'decline' || action === 'cancel') return { action };
        throw PerduraError.of('ANSWER_INVALID', key, 'action must be "accept", "decline" or "cancel"');
      } catch (error) {
        // Part of the call's history like any other answer: later runs must not ask anew.
        if (error instanceof PerduraError && error.code === 'ELICITATION_EXPIRED') return { action: 'expired' };
        throw error;
      }
    },
  });
  return value as Reply;
}
