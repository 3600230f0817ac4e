import type { Catalog } from '../../catalog/catalog.js';
import type { Completer } from '../../metadata/options.js';
import type { Exchange } from '../messages/exchange.js';
import type { Incoming } from '../messages/incoming.js';
import { isObject } from '../messages/parse-message.js';
import { isStringMap } from './prompts.js';
import { invalidParams } from '../messages/refusal.js';
import { requireScopes } from './scopes.js';

/** `server/utilities/completion`: at most 100 values in an answer. */
const MOST_VALUES = 100;

/** A type, not an interface: results are objects with any members. */
export type CompleteResult = {
  readonly completion: { readonly values: readonly string[]; readonly total: number; readonly hasMore: boolean };
};

/** Completes an argument of a prompt or a variable of a resource template. What has no completer has no suggestions. */
export async function complete(catalog: Catalog, { params, exchange }: Incoming): Promise<CompleteResult> {
  const { ref, argument, context } = params;
  if (!isObject(argument) || typeof argument['name'] !== 'string' || typeof argument['value'] !== 'string') {
    throw invalidParams('"argument" must have a "name" and a "value", both strings.');
  }
  const given = isObject(context) ? (context['arguments'] ?? {}) : context === undefined ? {} : undefined;
  if (!isStringMap(given)) throw invalidParams('"context.arguments" must be an object of strings.');
  const completers = completersOf(catalog, ref, exchange);
  const completer = Object.hasOwn(completers, argument['name']) ? completers[argument['name']] : undefined;
  const values = completer ? await completer(argument['value'], given, exchange.principal) : [];
  return {
    completion: { values: values.slice(0, MOST_VALUES), total: values.length, hasMore: values.length > MOST_VALUES },
  };
}

function completersOf(catalog: Catalog, ref: unknown, exchange: Exchange): Readonly<Record<string, Completer>> {
  if (isObject(ref) && ref['type'] === 'ref/prompt' && typeof ref['name'] === 'string') {
    const prompt = catalog.prompts.get(ref['name']);
    if (!prompt) throw invalidParams(`Unknown prompt: ${ref['name'].slice(0, 128)}`);
    requireScopes(prompt, exchange);
    return prompt.complete;
  }
  if (isObject(ref) && ref['type'] === 'ref/resource' && typeof ref['uri'] === 'string') {
    const { uri } = ref;
    const template = catalog.templates.find(({ definition, match }) => definition.uriTemplate === uri || match(uri));
    if (!template && !catalog.resources.has(uri)) throw invalidParams('Unknown resource template');
    if (template) requireScopes(template, exchange);
    return template?.complete ?? {};
  }
  throw invalidParams('"ref" must be a reference to a prompt or to a resource template.');
}

/** Whether anything can be completed: without it the capability is not declared. */
export const hasCompleters = ({ prompts, templates }: Catalog): boolean =>
  [...prompts.values(), ...templates].some(({ complete: completers }) => Object.keys(completers).length > 0);
