import type { Class } from '../metadata/class.js';
import type { Declaration } from '../metadata/declaration.js';
import { nameOf, type Report } from './report.js';

const DECORATOR = { tool: 'Tool', task: 'Task', resource: 'Resource', prompt: 'Prompt', agent: 'Agent' } as const;

/** Takes note of a decorator that has no method to run. */
export function checkHandler({ kind, target, member, on }: Declaration, report: Report): void {
  if (kind === 'agent') return;
  if (on === 'static') report.add('STATIC_HANDLER', DECORATOR[kind], nameOf(target), member);
  else if (!hasMethod(target, member)) report.add('NO_HANDLER', DECORATOR[kind], nameOf(target), member);
}

/** Whether a class or an ancestor has the method. Getters are not run: that is the instance's affair. */
function hasMethod(target: Class, member: string): boolean {
  for (
    let at = target.prototype as object | null;
    at && at !== Object.prototype;
    at = Object.getPrototypeOf(at) as object
  ) {
    const property = Object.getOwnPropertyDescriptor(at, member);
    if (property) return typeof property.value === 'function';
  }
  return false;
}
