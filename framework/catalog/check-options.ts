import { inspect } from 'node:util';
import type { Declaration } from '../metadata/declaration.js';
import { isObject } from '../schema/plain.js';
import { DECORATOR } from './check-handler.js';
import { described } from './check-classes.js';
import { OPTION_RULES } from './option-rules.js';
import { placeOf, type Mistakes } from './mistakes.js';

const MOST_SHOWN = 60;

/**
 * A declaration without those of its options that cannot be used, which are taken note of: what is left can be checked further.
 * Undefined where there are no options at all.
 */
export function checkOptions<D extends Declaration>(declaration: D, mistakes: Mistakes): D | undefined {
  const decorator = DECORATOR[declaration.kind];
  const place = placeOf(declaration);
  const given: unknown = declaration.options;
  if (!isObject(given)) {
    mistakes.add('NO_OPTIONS', decorator, place);
    return undefined;
  }
  const rules = OPTION_RULES[declaration.kind];
  const broken = new Set<string>();
  for (const [option, { rule, required, holds }] of Object.entries(rules)) {
    const value = given[option];
    if (value === undefined ? required !== true : holds(value)) continue;
    mistakes.add('INVALID_DECLARATION', decorator, place, option, shown(value), rule);
    broken.add(option);
  }
  for (const [option, value] of Object.entries(given)) {
    if (value === undefined || Object.hasOwn(rules, option)) continue;
    mistakes.add('UNKNOWN_OPTION', decorator, place, option, Object.keys(rules).join(', '));
  }
  if (broken.size === 0) return declaration;
  const options = Object.fromEntries(Object.entries(given).filter(([option]) => !broken.has(option)));
  return { ...declaration, options };
}

/** A value for a message, cut short. */
export function shown(value: unknown): string {
  if (typeof value === 'function') return described(value);
  const text = inspect(value, { depth: 2, breakLength: Infinity });
  return text.length > MOST_SHOWN ? `${text.slice(0, MOST_SHOWN)}...` : text;
}
