import { PerduraError } from '../errors.js';
import { costOf, LONGEST_QUADRATIC } from './regular-expressions.js';
import type { JsonSchema } from './schema.js';
import { subschemas } from './subschemas.js';

/** Finds the regular expressions of a schema written by hand on which one short request could stop the server. */
export function checkPatterns(json: JsonSchema, name: string): readonly PerduraError[] {
  const mistakes: PerduraError[] = [];
  const check = (pattern: string, place: string, longest: number): void => {
    const cost = costIn(pattern);
    if (cost === 'steep') mistakes.push(PerduraError.of('UNSAFE_PATTERN', name, place));
    else if (cost === 'quadratic' && longest > LONGEST_QUADRATIC)
      mistakes.push(PerduraError.of('UNBOUNDED_PATTERN', name, place, LONGEST_QUADRATIC));
  };
  for (const { json: at, path } of subschemas(json)) {
    const { pattern, maxLength, patternProperties } = at;
    if (typeof pattern === 'string') check(pattern, path, typeof maxLength === 'number' ? maxLength : Infinity);
    // Names of properties may be as long as the message.
    if (typeof patternProperties !== 'object' || patternProperties === null) continue;
    for (const key of Object.keys(patternProperties)) check(key, `${path}[patternProperties]`, Infinity);
  }
  return mistakes;
}

/** Undefined where it is no expression: that is told when the schema is compiled. */
function costIn(pattern: string): ReturnType<typeof costOf> | undefined {
  try {
    return costOf(new RegExp(pattern, 'u'));
  } catch {
    return undefined;
  }
}
