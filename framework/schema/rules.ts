import type { MetadataStorage, ValidationArguments } from 'class-validator';
import type { Class } from '../metadata/class.js';

type StoredRule = ReturnType<MetadataStorage['getTargetValidationMetadatas']>[number];
type Constraint = ReturnType<MetadataStorage['getTargetValidatorConstraints']>[number]['instance'];

/** One class-validator rule of a field. */
export interface Rule {
  /** The name that class-validator reports it by, such as `isInt`. */
  readonly name: string;
  /** The class that is validated, and its field. */
  readonly target: string;
  readonly field: string;
  readonly args: readonly unknown[];
  /** Whether it is about each element rather than the field. */
  readonly each: boolean;
  readonly message: StoredRule['message'] | undefined;
  /** Whether class-validator's own decorator made it, so that the keyword table speaks for it. */
  readonly builtIn: boolean;
  /** Decides per value whether the rule counts at all. */
  readonly condition: ((object: unknown, value: unknown) => boolean) | undefined;
  /** The class-validator implementations; more than one only where a constraint class was registered twice. */
  constraints(): readonly Constraint[];
}

/** All that class-validator knows of one field. */
export interface FieldRules {
  readonly rules: readonly Rule[];
  readonly optional: boolean;
  readonly nested: boolean;
  readonly nestedEach: boolean;
  readonly promise: boolean;
  /** The first rule that stands in a validation group, by its name. */
  readonly grouped: string | undefined;
  /** The conditions of `@ValidateIf`; all must hold for the field's rules to count. */
  readonly conditions: readonly ((object: unknown, value: unknown) => boolean)[];
}

// class-validator keeps its metadata in this global and promises to share it between copies of itself. Reading
// it there costs nothing; importing the package only to ask for it costs a server without DTOs 140 ms.
function storage(): MetadataStorage | undefined {
  return (globalThis as { classValidatorMetadataStorage?: MetadataStorage }).classValidatorMetadataStorage;
}

/**
 * What class-validator would gather for a class without groups. Where it can be, it is read from the index by class: the method
 * that gathers it looks at every class there is each time, so that a start would take time that grows with the square of their number.
 */
function storedFor(target: Class): readonly StoredRule[] {
  const stored = storage();
  const index = (stored as { validationMetadatas?: unknown } | undefined)?.validationMetadatas;
  if (!(index instanceof Map)) return stored?.getTargetValidationMetadatas(target, '', false, false) ?? [];
  const ofClass = (cls: unknown): readonly StoredRule[] =>
    ((index.get(cls) as readonly StoredRule[] | undefined) ?? []).filter((rule) => rule.target === cls);
  const own = ofClass(target);
  const inherited: StoredRule[] = [];
  for (let parent: unknown = Object.getPrototypeOf(target); typeof parent === 'function';) {
    inherited.unshift(...ofClass(parent));
    parent = Object.getPrototypeOf(parent);
  }
  // The class's own rules of a kind stand in the place of those that it inherits.
  const isOwn = (rule: StoredRule): boolean =>
    own.some(({ propertyName, type }) => propertyName === rule.propertyName && type === rule.type);
  return [...own, ...inherited.filter((rule) => !isOwn(rule))];
}

/** What class-validator's decorators said about a class and its ancestors, by field, in order of declaration. */
export function fieldRulesOf(target: Class): ReadonlyMap<string, FieldRules> {
  const stored = new Map<string, StoredRule[]>();
  for (const rule of storedFor(target)) {
    const known = stored.get(rule.propertyName);
    if (known === undefined) stored.set(rule.propertyName, [rule]);
    else known.push(rule);
  }
  return new Map([...stored].map(([field, rules]) => [field, fieldRules(rules, target.name)]));
}

/** What class-validator's decorators are called that leave no name. */
const UNNAMED: Readonly<Record<string, string>> = {
  conditionalValidation: '@ValidateIf',
  nestedValidation: '@ValidateNested',
  promiseValidation: '@ValidatePromise',
  whitelistValidation: '@Allow',
};

function fieldRules(stored: readonly StoredRule[], target: string): FieldRules {
  const ofType = (type: string): StoredRule[] => stored.filter((rule) => rule.type === type);
  const conditional = ofType('conditionalValidation');
  const nested = ofType('nestedValidation');
  const grouped = stored.find(({ always, groups }) => always !== true && (groups ?? []).length > 0);
  return {
    rules: [...ofType('customValidation'), ...ofType('isDefined')].map((rule) => ruleOf(rule, target)),
    optional: conditional.some((rule) => rule.name === 'isOptional'),
    nested: nested.length > 0,
    nestedEach: nested.some((rule) => rule.each),
    promise: ofType('promiseValidation').length > 0,
    grouped: grouped && (grouped.name ?? UNNAMED[grouped.type] ?? 'a rule'),
    conditions: conditional
      .filter((rule) => rule.name !== 'isOptional')
      .map((rule) => rule.constraints[0] as FieldRules['conditions'][number]),
  };
}

function ruleOf(stored: StoredRule, target: string): Rule {
  const metadata = storage()?.getTargetValidatorConstraints(stored.constraintCls) ?? [];
  // registerDecorator wraps every plain validator object in a class of this name; a user's own class has its own.
  const wrapped = stored.constraintCls.name === 'CustomConstraint';
  let instances: readonly Constraint[] | undefined;
  return {
    name: stored.name ?? metadata[0]?.name ?? 'custom',
    target,
    field: stored.propertyName,
    args: stored.constraints ?? [],
    each: stored.each === true,
    message: stored.message || undefined,
    builtIn: wrapped,
    condition: stored.validateIf,
    constraints: () => {
      // A user's constraint class may come from a container with a life cycle of its own: ask it every time.
      if (!wrapped) return metadata.map(({ instance }) => instance);
      return (instances ??= metadata.map(({ instance }) => instance));
    },
  };
}

// These may be given a function of no arguments in place of the date.
const DATE_BOUNDS = new Set(['minDate', 'maxDate']);

/** The sentence of a broken rule: the user's own `message` as it is, else class-validator's without the field's name. */
export function sentenceOf(rule: Rule, given: ValidationArguments): string {
  const args = rule.builtIn && DATE_BOUNDS.has(rule.name) ? { ...given, constraints: rule.args.map(dateOf) } : given;
  const text = typeof rule.message === 'function' ? rule.message(args) : rule.message;
  if (text !== undefined) return fill(text, args);
  const standard = rule.constraints()[0]?.defaultMessage?.(args) ?? '';
  const sentence = fill(standard.replace(/^(each value in )?\$property /, ''), args);
  return sentence === '' ? `breaks the rule ${rule.name}` : sentence;
}

function fill(text: string, { constraints, property, targetName }: ValidationArguments): string {
  return text
    .replace(/\$constraint(\d+)/g, (token, index: string) => {
      const constraint: unknown = (constraints as readonly unknown[] | undefined)?.[Number(index) - 1];
      return constraint === undefined ? token : shown(constraint);
    })
    .replace(/\$property/g, () => property)
    .replace(/\$target/g, () => targetName)
    .replace(/\$value/g, 'the value'); // an issue never echoes what was sent
}

function dateOf(bound: unknown): unknown {
  return typeof bound === 'function' ? (bound as () => unknown)() : bound;
}

/** An argument of a rule for whoever broke it. */
function shown(constraint: unknown): string {
  if (Array.isArray(constraint)) return constraint.map(shown).join(', ');
  if (constraint instanceof Date) return String(constraint.toJSON());
  // What it is made of is the server's own affair.
  return typeof constraint === 'function' ? constraint.name || 'a function' : String(constraint);
}
