import type { Ajv2020, ErrorObject, Options, ValidateFunction } from 'ajv/dist/2020.js';
import { PerduraError } from '../errors.js';
import { withinBudget } from './budget.js';
import { argumentsOf } from './check-rule.js';
import type { Patterns } from './dto-shape.js';
import { issuePath } from './issue-path.js';
import { type Rule, sentenceOf } from './rules.js';
import type { Issue, JsonSchema } from './schema.js';
import { knownNames, sentenceOfKeyword, TOO_LARGE } from './sentences.js';

export const MOST_ISSUES = 20;

/** What to check, and with whose words. */
export interface CheckerSource {
  readonly name: string;
  readonly json: JsonSchema;
  /** Whether we emitted the schema ourselves: then every keyword must be one that we know. */
  readonly emitted: boolean;
  /** Whether formats are meant. Default: in a schema written by hand; in what we emit a format is a hint, and a rule decides. */
  readonly formats?: boolean;
  readonly owners?: ReadonlyMap<string, Rule>;
  readonly patterns?: Patterns;
}

/** Checks values against one JSON Schema. */
export interface Checker {
  /** Whether `check` can be called without waiting. */
  readonly isReady: boolean;
  /** Loads and builds what `check` needs. */
  prepare(): Promise<void>;
  /** The issues of a value, or undefined where it has none. Call it only when `isReady`. */
  check(value: unknown): readonly Issue[] | undefined;
}

type Vendor = { readonly Ajv2020: typeof Ajv2020 };
type Formats = (ajv: Ajv2020) => unknown;

let vendor: Vendor | undefined;
let formats: Formats | undefined;
let loading: Promise<void> | undefined;

/**
 * Starts loading the checker (some 30 ms), so that the first call does not wait for it. Safe to call at any
 * time and any number of times; a server calls it once it listens.
 */
export function warmUp(): Promise<void> {
  loading ??= import('ajv/dist/2020.js').then((loaded) => {
    vendor = loaded;
  });
  return loading;
}

async function loadFormats(): Promise<void> {
  if (formats !== undefined) return;
  const loaded = (await import('ajv-formats')) as unknown as { default: Formats | { default: Formats } };
  formats = typeof loaded.default === 'function' ? loaded.default : loaded.default.default;
}

/** Builds the checker of a schema; nothing is loaded or compiled before it is needed. */
export function checkerOf(source: CheckerSource): Checker {
  let accepts: ValidateFunction | undefined;
  let explain: ValidateFunction | undefined;
  const needsFormats = (source.formats ?? !source.emitted) && JSON.stringify(source.json).includes('"format"');
  const compile = (allErrors: boolean): ValidateFunction => {
    if (vendor === undefined) throw new Error('The checker was used before it was loaded.');
    try {
      return build(vendor, source, needsFormats, allErrors);
    } catch (error) {
      throw PerduraError.of('INVALID_JSON_SCHEMA', source.name, error instanceof Error ? error.message : String(error));
    }
  };
  return {
    get isReady() {
      return vendor !== undefined && (formats !== undefined || !needsFormats);
    },
    async prepare() {
      await warmUp();
      if (needsFormats) await loadFormats();
      accepts ??= compile(false);
    },
    check(value) {
      accepts ??= compile(false);
      if (accepts(value)) return undefined;
      // Gathering every error of a huge value is work that grows with it, so a huge value gets one sentence.
      if (!withinBudget(value)) return [{ path: '', message: TOO_LARGE }];
      explain ??= compile(true);
      explain(value);
      return issuesOf(explain.errors ?? [], value, source);
    },
  };
}

function build(loaded: Vendor, source: CheckerSource, needsFormats: boolean, allErrors: boolean): ValidateFunction {
  const { json, emitted, patterns } = source;
  const ajv = new loaded.Ajv2020({
    ...{ allErrors, verbose: allErrors, ownProperties: !emitted, allowUnionTypes: true },
    // The meta-schemas cost a millisecond per schema, and ours need none.
    ...{ meta: !emitted, validateSchema: !emitted, validateFormats: needsFormats, logger: false },
    ...{ strict: emitted, strictTypes: false, strictRequired: false, strictTuples: false },
    ...(patterns?.size ? { code: { regExp: engineOf(patterns) } } : {}),
  });
  ajv.addVocabulary(['x-mcp-header']);
  if (needsFormats) formats?.(ajv);
  return ajv.compile(json);
}

/** Runs the expressions of `@Matches` as they were written, and none on text that is longer than its field allows. */
function engineOf(patterns: Patterns): NonNullable<Options['code']>['regExp'] {
  const engine = (source: string, flags: string): { test(text: string): boolean; toString(): string } => {
    const known = patterns.get(source);
    if (known === undefined) return new RegExp(source, flags);
    return {
      test: (text) => text.length <= known.longest && known.expression.test(text),
      toString: () => String(known.expression),
    };
  };
  return Object.assign(engine, { code: 'new RegExp' }) as NonNullable<Options['code']>['regExp'];
}

// What fails within these is summed up by the keyword itself: a branch of `anyOf` that was not meant says nothing.
const WITHIN = /(?<!\/properties)\/(?:contains|not|propertyNames|if|(?:anyOf|oneOf)\/\d+)\//;

function issuesOf(errors: readonly ErrorObject[], value: unknown, source: CheckerSource): readonly Issue[] {
  const issues = new Map<string, Issue>();
  // A value of the wrong type fails by most other keywords too; the type is all there is to say.
  const mistyped = new Set(errors.filter(({ keyword }) => keyword === 'type').map(({ instancePath }) => instancePath));
  const telling = errors.filter(({ keyword, schemaPath, instancePath }) => {
    if (WITHIN.test(schemaPath) || keyword === 'if') return false;
    return keyword === 'type' || !mistyped.has(instancePath);
  });
  for (const error of telling.length === 0 ? errors : telling) {
    if (issues.size >= MOST_ISSUES) break;
    const issue = { path: pathOf(error), message: messageOf(error, value, source) };
    issues.set(`${issue.path}\n${issue.message}`, issue);
  }
  return [...issues.values()];
}

function messageOf(error: ErrorObject, root: unknown, source: CheckerSource): string {
  const rule = source.owners?.get(error.schemaPath);
  if (rule?.message !== undefined) return sentenceOf(rule, argumentsOf(rule, error.data, parentOf(root, error)));
  const sentence = sentenceOfKeyword(error, error.schema);
  if (error.keyword !== 'additionalProperties') return sentence;
  const properties = (error.parentSchema as { properties?: object } | undefined)?.properties;
  return sentence + knownNames(Object.keys(properties ?? {}));
}

/** The object that holds the value in question: what a user's message function may look at. */
function parentOf(root: unknown, { instancePath }: ErrorObject): object {
  let holder = root;
  for (const step of stepsOf(instancePath).slice(0, -1)) holder = (holder as Record<string, unknown>)[step];
  return typeof holder === 'object' && holder !== null ? holder : {};
}

function pathOf({ instancePath, params }: ErrorObject): string {
  const { missingProperty, additionalProperty, unevaluatedProperty } = params as Record<string, string | undefined>;
  const member = missingProperty ?? additionalProperty ?? unevaluatedProperty;
  return issuePath([...stepsOf(instancePath), ...(member === undefined ? [] : [member])]);
}

function stepsOf(pointer: string): readonly string[] {
  const steps = pointer.split('/').slice(1);
  return steps.map((step) => step.replaceAll('~1', '/').replaceAll('~0', '~'));
}
