import type { Completer } from '../metadata/options.js';
import type { Mistakes } from './mistakes.js';

/** Takes note of completers for what is not there. */
export function checkCompletions(
  place: string,
  given: object | undefined,
  known: readonly string[],
  mistakes: Mistakes,
): void {
  for (const argument of Object.keys(given ?? {})) {
    if (known.includes(argument)) continue;
    const names = known.map((name) => `"${name}"`).join(', ');
    mistakes.add('UNKNOWN_COMPLETION', place, argument, names || 'nothing that could be completed');
  }
}

/** Completes from a fixed set: the values that begin with what was typed, whatever its case. */
export function completerOf(values: readonly string[]): Completer {
  return (typed) => values.filter((value) => value.toLowerCase().startsWith(typed.toLowerCase()));
}
