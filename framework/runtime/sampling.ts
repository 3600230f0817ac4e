import type { CreateMessageRequestParams, CreateMessageResult } from '../spec.js';
import { requireCapability } from './capabilities.js';
import type { SampleRequest } from './context.js';
import type { Effected, Effects } from './effects.js';
import type { Model } from './model.js';
import type { Scope } from './scope.js';
import { checkedMessage } from './untrusted-answer.js';

const MAX_TOKENS = 4096;

/** A model turn to take and record. */
export interface Turn {
  /** The effect's name: `sample`, or an agent's `turn`. */
  readonly name: string;
  readonly request: SampleRequest;
  /** What of the request must be the same on a replay. */
  readonly asked: unknown;
  /** The server's own model; without it the client's is asked. */
  readonly model?: Model;
  /** The most bytes of an answer. */
  readonly limit: number;
  /** {@link AskOptions.key} */
  readonly key?: string;
}

/**
 * Takes a model turn once. Which model is asked is not part of what is recorded, so a turn that was taken stays taken when the
 * server is given another model.
 */
export async function takeTurn(
  effects: Effects,
  scope: Scope,
  { name, request, asked, model, limit, key: named }: Turn,
): Promise<Effected & { readonly value: CreateMessageResult }> {
  const params: CreateMessageRequestParams = { ...request, maxTokens: request.maxTokens ?? MAX_TOKENS };
  const { site } = effects;
  if (model === undefined) {
    const needed = request.tools === undefined ? 'sampling' : 'sampling.tools';
    requireCapability(site.client, needed, name === 'turn' ? 'This agent' : 'ctx.sample()');
  }
  const effected = await effects.record(scope, {
    name,
    ...(named !== undefined && { key: scope.questionKey(named) }),
    asked: ['sample', asked],
    perform: async (key) => {
      const answer =
        model === undefined
          ? await effects.wait(scope, site.inbox.ask(key, { method: 'sampling/createMessage', params }))
          : await scope.activity.run(() => model(params, { signal: site.signal() }));
      return checkedMessage(limit, key, answer);
    },
  });
  return effected as Effected & { readonly value: CreateMessageResult };
}
