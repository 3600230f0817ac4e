import type { CreateMessageResult } from '../../spec.js';
import { askModel, requireModel } from './ask-model.js';
import type { AskOptions, SampleRequest } from '../context.js';
import type { Effects } from '../journal/effects.js';
import type { Scope } from '../scope.js';

const CLIENT = ['client'] as const;

/** `ctx.sample`: asks the client's model once. */
export async function sample(
  effects: Effects,
  scope: Scope,
  request: SampleRequest,
  options: AskOptions = {},
): Promise<CreateMessageResult> {
  requireModel(effects, CLIENT, request.tools === undefined ? 'sampling' : 'sampling.tools', 'ctx.sample()');
  const { value } = await effects.record(scope, {
    name: 'sample',
    key: scope.questionKey(options.key),
    asked: ['sample', request],
    perform: async (key, _, fingerprint) => {
      const { answer } = await askModel(effects, scope, {
        key,
        fingerprint,
        request,
        models: CLIENT,
        from: 0,
        signal: effects.site.signal(),
      });
      return answer;
    },
  });
  return value as CreateMessageResult;
}
