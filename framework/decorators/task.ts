import { declare } from '../metadata/declarations.js';
import type { TaskOptions } from '../metadata/options.js';
import type { NoInput, ToolReturn, Unshaped } from '../metadata/results.js';
import type { TaskContext } from '../runtime/context.js';
import type { HandlerDecorator } from './handler.js';
import { requireCall } from './legacy.js';
import { record } from './record.js';

/**
 * Offers a class (its `call` method) or a method as a tool that runs on a worker and outlives its request. Everything that
 * is true of `@Tool` is true of it; the context is a `TaskContext`.
 */
export function Task<I = NoInput, O = Unshaped>(
  options: TaskOptions<I, O>,
): HandlerDecorator<'call', NoInfer<I>, TaskContext, ToolReturn<NoInfer<O>>> {
  requireCall('Task', options);
  return record('call', (place) => declare({ kind: 'task', ...place, options }));
}
