import { declare } from '../metadata/declarations.js';
import type { ToolOptions } from '../metadata/options.js';
import type { NoInput, ToolReturn, Unshaped } from '../metadata/results.js';
import type { CallContext } from '../runtime/context.js';
import type { HandlerDecorator } from './handler.js';
import { requireCall } from './legacy.js';
import { record } from './record.js';

/**
 * Offers a class (its `call` method) or a method as a tool (`server/tools`). The method is given the validated input and
 * the call's context, and returns what `output` says; without `output`, text or any JSON value.
 */
export function Tool<I = NoInput, O = Unshaped>(
  options: ToolOptions<I, O>,
): HandlerDecorator<'call', NoInfer<I>, CallContext, ToolReturn<NoInfer<O>>> {
  requireCall('Tool', options);
  return record('call', (place) => declare({ kind: 'tool', ...place, options }));
}
