import { declare } from '../metadata/declarations.js';
import type { PromptOptions } from '../metadata/options.js';
import type { NoInput, PromptReturn } from '../metadata/results.js';
import type { CallContext } from '../runtime/context.js';
import type { HandlerDecorator } from './handler.js';
import { requireCall } from './legacy.js';
import { record } from './record.js';

/**
 * Offers a class (its `get` method) or a method as a prompt (`server/prompts`). The method is given the validated arguments
 * and the call's context, and returns the text of a user message, messages, or a whole result.
 */
export function Prompt<I = NoInput>(
  options: PromptOptions<I>,
): HandlerDecorator<'get', NoInfer<I>, CallContext, PromptReturn> {
  requireCall('Prompt', options);
  return record('get', (place) => declare({ kind: 'prompt', ...place, options }));
}
