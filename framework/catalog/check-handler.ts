import type { Class } from '../metadata/class.js';
import type { Declaration } from '../metadata/declaration.js';
import { nameOf, type Mistakes } from './mistakes.js';

/** What each kind is declared with. */
export const DECORATOR = {
  tool: 'Tool',
  task: 'Task',
  resource: 'Resource',
  prompt: 'Prompt',
  agent: 'Agent',
} as const;

/** Takes note of a decorator that has no method to run. */
export function checkHandler({ kind, target, member, on }: Declaration, mistakes: Mistakes): void {
  if (kind === 'agent') return;
  if (on === 'static') return mistakes.add('STATIC_HANDLER', DECORATOR[kind], nameOf(target), member);
  const method = methodOf(target, member);
  if (typeof method !== 'function') mistakes.add('NO_HANDLER', DECORATOR[kind], nameOf(target), member);
  else if (/GeneratorFunction$/.test(method.constructor.name))
    mistakes.add('GENERATOR_HANDLER', DECORATOR[kind], nameOf(target), member);
}

/** What a class or an ancestor has under the name of the method. Getters are not run: that is the instance's affair. */
function methodOf(target: Class, member: string): unknown {
  for (
    let at = target.prototype as object | null;
    at && at !== Object.prototype;
    at = Object.getPrototypeOf(at) as object
  ) {
    const property = Object.getOwnPropertyDescriptor(at, member);
    if (property) return property.value;
  }
  return undefined;
}
