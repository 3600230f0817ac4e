import 'reflect-metadata';
import type { Class } from './class.js';

/** What the property decorators say about one field of a DTO, beside its class-validator rules. */
export interface PropertyRecord {
  readonly title?: string;
  readonly description?: string;
  readonly examples?: readonly unknown[];
  /** The class of a nested object, or of the elements of an array or set. A thunk, so that classes may refer to each other. */
  readonly type?: () => Class | StringConstructor | NumberConstructor | BooleanConstructor;
  /** The name part of the `Mcp-Param-*` header that mirrors the field (SEP-2243). */
  readonly header?: string;
}

const KEY = Symbol.for('perdura:properties');

type Properties = ReadonlyMap<string, PropertyRecord>;

/** Adds to what is known of a field of a DTO. */
export function describeProperty(target: Class, property: string, patch: PropertyRecord): void {
  const own = (Reflect.getOwnMetadata(KEY, target) as Properties | undefined) ?? new Map<string, PropertyRecord>();
  const next = new Map(own).set(property, Object.freeze({ ...own.get(property), ...patch }));
  Reflect.defineMetadata(KEY, next, target);
}

/** What is known of the fields of a DTO, its ancestors' fields first, the class's own words winning. */
export function propertiesOf(target: Class): Properties {
  const parent = Object.getPrototypeOf(target) as Class | null;
  const inherited = typeof parent === 'function' && parent !== Function.prototype ? propertiesOf(parent) : [];
  const merged = new Map<string, PropertyRecord>(inherited);
  const own = (Reflect.getOwnMetadata(KEY, target) as Properties | undefined) ?? new Map<string, PropertyRecord>();
  for (const [name, record] of own) merged.set(name, { ...merged.get(name), ...record });
  return merged;
}

/** The run-time type that the compiler recorded for a field, or undefined where it recorded none. */
export function designTypeOf(target: Class, property: string): unknown {
  return Reflect.getMetadata('design:type', target.prototype as object, property);
}

/** The run-time types of a class's constructor parameters, or undefined where the compiler recorded none. */
export function designParametersOf(target: Class): readonly unknown[] | undefined {
  return Reflect.getMetadata('design:paramtypes', target) as readonly unknown[] | undefined;
}
