import { PerduraError } from '../errors.js';
import type { Class } from '../metadata/class.js';
import type { Kind, PlaceShape, Reading } from './dto-shape.js';
import type { Expressed, Place } from './keyword-rows.js';
import { commonTypes, mergeKeywords, type Merged, typesOf } from './merge-keywords.js';
import { asRegExp, costOf, LONGEST_QUADRATIC } from './regular-expressions.js';
import type { Rule } from './rules.js';
import type { JsonSchema } from './schema.js';
import { rowOf } from './validator-keywords.js';

/** A place whose rules are to be put in JSON Schema's words. */
export interface PlaceSource {
  readonly target: Class;
  readonly field: string;
  readonly rules: readonly Rule[];
  /** What is known of the place before any rule: the type that `@Items` names, or that it is a list. */
  readonly base: JsonSchema;
  readonly kind?: Kind;
  readonly element: boolean;
  readonly scalarElements?: boolean;
}

const SCALARS = ['string', 'number', 'integer', 'boolean', 'null'];
const DATE_RULES = new Set(['isDate', 'minDate', 'maxDate']);

/** Turns the rules of one place into keywords, and keeps those that keywords cannot say. */
export function readPlace(source: PlaceSource, reading: Reading): PlaceShape {
  const types = possibleTypes(source, reading);
  const place = placeOf(source, reading, types);
  const merged: Merged = { json: {}, owners: new Map() };
  mergeKeywords(merged, source.base);
  const checks: Rule[] = [];
  for (const rule of source.rules) {
    const expressed = express(rule, place);
    if (expressed !== undefined) mergeKeywords(merged, expressed.json, rule);
    if (expressed?.exact !== true) checks.push(rule);
  }
  checkExpressions(source, merged.json, reading);
  return { ...merged, kind: source.kind ?? kindOf(source.rules, types), checks };
}

/** Whether every value at the place is a string, number or boolean. */
export function isScalarPlace({ kind }: PlaceShape): boolean {
  return kind.kind === 'scalar';
}

function express(rule: Rule, place: Place): Expressed | undefined {
  if (!rule.builtIn || rule.condition !== undefined) return undefined;
  return rowOf(rule.name)?.keywords(rule.args, place);
}

function placeOf(source: PlaceSource, { role }: Reading, types: readonly string[] | undefined): Place {
  const scalarElements = source.scalarElements === true;
  return { role, element: source.element, scalarElements, types: types && new Set(types) };
}

/** The types that all rules together leave. Some keywords are plainer when they are known: `minLength: 1` for "not empty". */
function possibleTypes(source: PlaceSource, reading: Reading): readonly string[] | undefined {
  let types = typesOf(source.base);
  for (const rule of source.rules) {
    const expressed = express(rule, placeOf(source, reading, undefined));
    const added = expressed && typesOf(expressed.json);
    if (added === undefined) continue;
    const common = types === undefined ? added : commonTypes(types, added);
    if (common.length === 0) {
      const [first, second] = [types?.join(' or ') ?? '', added.join(' or ')];
      const names = [source.target.name, source.field] as const;
      reading.mistakes.push(PerduraError.of('CONTRADICTING_RULES', ...names, `type ${first}`, `type ${second}`));
      return types;
    }
    types = common;
  }
  return types;
}

/** How a value of these rules is copied, where nothing else says so. */
export function kindOf(rules: readonly Rule[], types: readonly string[] | undefined): Kind {
  if (rules.some((rule) => rule.builtIn && DATE_RULES.has(rule.name))) return { kind: 'date' };
  return { kind: types?.every((type) => SCALARS.includes(type)) === true ? 'scalar' : 'free' };
}

/** Finds the expressions of `@Matches` that could stop the server; `json` are the keywords that hold before any rule runs. */
export function checkExpressions(
  { target, field, rules }: Pick<PlaceSource, 'target' | 'field' | 'rules'>,
  json: JsonSchema,
  { mistakes }: Reading,
): void {
  for (const rule of rules) {
    const expression = rule.builtIn && rule.name === 'matches' ? asRegExp(rule.args[0], rule.args[1]) : undefined;
    if (expression === undefined) continue;
    const cost = costOf(expression);
    const bounded = Number(json['maxLength'] ?? Infinity) <= LONGEST_QUADRATIC;
    if (cost === 'steep') mistakes.push(PerduraError.of('UNSAFE_PATTERN', target.name, field));
    else if (cost === 'quadratic' && !bounded) {
      mistakes.push(PerduraError.of('UNBOUNDED_PATTERN', target.name, field, LONGEST_QUADRATIC));
    }
  }
}
