import type { Catalog, PromptEntry } from '../../catalog/catalog.js';
import { isObject } from '../messages/parse-message.js';
import { invalidParams } from '../messages/refusal.js';

/** The prompt that a `prompts/get` names. */
export function promptOf(catalog: Catalog, params: Readonly<Record<string, unknown>>): PromptEntry {
  const { name } = params;
  if (typeof name !== 'string') throw invalidParams('"name" must be a string.');
  const entry = catalog.prompts.get(name);
  if (!entry) throw invalidParams(`Unknown prompt: ${name.slice(0, 128)}`);
  return entry;
}

/** The arguments of a `prompts/get`: all of them strings on the wire. */
export function promptArgumentsOf(params: Readonly<Record<string, unknown>>): Readonly<Record<string, string>> {
  const args = params['arguments'];
  if (args === undefined) return {};
  if (!isStringMap(args)) throw invalidParams('"arguments" must be an object of strings.');
  return args;
}

export const isStringMap = (value: unknown): value is Readonly<Record<string, string>> =>
  isObject(value) && Object.values(value).every((member) => typeof member === 'string');
