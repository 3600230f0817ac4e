import { PerduraError } from '../../errors.js';
import type { InputResponse, Root } from '../../spec.js';
import { requireCapability } from '../capabilities.js';
import { isFields } from '../results/content-blocks.js';
import type { AskOptions } from '../context.js';
import type { Effects } from '../journal/effects.js';
import type { Scope } from '../scope.js';
import { checkedAnswer } from './untrusted-answer.js';

/** `ctx.roots`: asks the client for its roots, and records them. */
export async function askRoots(effects: Effects, scope: Scope, options: AskOptions = {}): Promise<Root[]> {
  requireCapability(effects.site.client, 'roots', 'ctx.roots()');
  const { value } = await effects.record(scope, {
    name: 'roots',
    key: scope.questionKey(options.key),
    asked: ['roots'],
    perform: async (key, _, print) => {
      const question = { request: { method: 'roots/list' }, fingerprint: print } as const;
      const answer = await effects.ask(scope, key, question);
      return readRoots(key, checkedAnswer(key, answer));
    },
  });
  return value as Root[];
}

function readRoots(key: string, { roots }: InputResponse): Root[] {
  if (!Array.isArray(roots)) throw PerduraError.of('ANSWER_INVALID', key, 'it must have a list of roots');
  return roots.map((root: unknown) => {
    const { uri, name } = isFields(root) ? root : {};
    if (typeof uri !== 'string') throw PerduraError.of('ANSWER_INVALID', key, 'each root must have a uri');
    return typeof name === 'string' ? { uri, name } : { uri };
  });
}
