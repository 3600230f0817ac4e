import type { Model, ModelChoice, ModelOptions } from '../../metadata/model.js';
import type { CreateMessageResult, Json } from '../../spec.js';
import { carriedBy } from './carried.js';
import { canBeAsked, type Needed, requireCapability } from '../capabilities.js';
import type { SampleRequest } from '../context.js';
import type { Effects } from '../journal/effects.js';
import type { Scope } from '../scope.js';
import { type TurnUsage, usageOf } from '../budget/usage.js';
import { checkedMessage } from './untrusted-answer.js';

const MAX_TOKENS = 4096;

/** One question to a model. */
export interface ModelQuestion {
  readonly key: string;
  /** Of the effect. */
  readonly fingerprint: string;
  readonly request: SampleRequest;
  readonly models: readonly (Model | 'client')[];
  /** The first model to ask, by its place in the list. */
  readonly from: number;
  readonly signal: AbortSignal;
  readonly onText?: ModelOptions['onText'];
}

/** An answer, what it used, and the place of the model that gave it. */
export interface ModelReply {
  readonly answer: CreateMessageResult;
  readonly usage: TurnUsage;
  readonly carry?: Json;
  readonly choice: number;
}

export function modelsOf(choice: ModelChoice): readonly (Model | 'client')[] {
  return typeof choice === 'object' ? choice : [choice];
}

/** @throws PerduraError `CLIENT_CANNOT` where only the client could answer, and it declared that it does not */
export function requireModel(effects: Effects, models: ModelQuestion['models'], needed: Needed, what: string): void {
  if (models.every((model) => model === 'client')) requireCapability(effects.site.client, needed, what);
}

/** Asks the models of a list, one after the other, until one answers; throws what the first one threw. */
export async function askModel(effects: Effects, scope: Scope, question: ModelQuestion): Promise<ModelReply> {
  const { key, models, request } = question;
  // A client that was asked before the call parked is waited for: who failed before it is not asked anew.
  const isAsked = effects.site.inbox.fingerprintOf?.(key) !== undefined && models.includes('client');
  const from = isAsked ? models.indexOf('client') : question.from;
  const needed = request.tools === undefined ? 'sampling' : 'sampling.tools';
  const failures: unknown[] = [];
  for (let tried = 0; tried < models.length; tried++) {
    const choice = (from + tried) % models.length;
    const model = models[choice] ?? 'client';
    if (model === 'client' && models.length > 1 && !canBeAsked(effects.site.client, needed)) continue;
    try {
      return { ...(await askOne(effects, scope, model, question)), choice };
    } catch (error) {
      if (question.signal.aborted) throw error;
      failures.push(error);
    }
  }
  throw failures[0];
}

async function askOne(
  effects: Effects,
  scope: Scope,
  model: Model | 'client',
  { key, fingerprint, request, signal, onText }: ModelQuestion,
): Promise<Omit<ModelReply, 'choice'>> {
  const params = { ...request, maxTokens: request.maxTokens ?? MAX_TOKENS };
  if (model === 'client') {
    const question = { request: { method: 'sampling/createMessage', params }, fingerprint } as const;
    const told = await effects.ask(scope, key, question);
    const answer = checkedMessage(key, told);
    return { answer, usage: usageOf(undefined, request, answer) };
  }
  const told = await scope.activity.run(() => model(params, { signal, carried: carriedBy, ...(onText && { onText }) }));
  const answer = checkedMessage(key, told);
  const { carry } = told;
  return { answer, usage: usageOf(told.usage, request, answer), ...(carry !== undefined && { carry }) };
}
