import type { ValidationArguments } from 'class-validator';
import type { Rule } from './rules.js';

/** The arguments that class-validator hands to a rule and to a message. */
export function argumentsOf(rule: Rule, value: unknown, object: object): ValidationArguments {
  return { value, object, property: rule.field, constraints: rule.args as unknown[], targetName: rule.target };
}

/**
 * Runs one class-validator rule on one value: a promise only where the rule itself is asynchronous. `held` is what the field
 * holds, which a rule's `validateIf` is asked with, also where the rule is about each element of it.
 */
export function passes(rule: Rule, value: unknown, object: object, held: unknown = value): boolean | Promise<boolean> {
  if (rule.condition !== undefined && !rule.condition(object, held)) return true;
  // The array rules know no sets; on the wire a set is an array.
  const checked = value instanceof Set && rule.builtIn && rule.name.startsWith('array') ? [...value] : value;
  const args = argumentsOf(rule, checked, object);
  const pending: Promise<boolean>[] = [];
  for (const constraint of rule.constraints()) {
    const passed = validate(rule, () => constraint.validate(checked, args));
    if (passed instanceof Promise) pending.push(passed);
    else if (!passed) return false;
  }
  return pending.length === 0 || Promise.all(pending).then((results) => results.every(Boolean));
}

// A few of class-validator's own rules throw on values they do not expect, such as @IsNumber({ maxDecimalPlaces })
// on 1e-7: such a value has not passed. What a user's rule throws is for the user to see.
function validate(rule: Rule, run: () => boolean | Promise<boolean>): boolean | Promise<boolean> {
  try {
    return run();
  } catch (error) {
    if (rule.builtIn && error instanceof Error && error.name !== 'Error') return false;
    throw error;
  }
}
