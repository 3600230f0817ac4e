import type { Class } from '../metadata/class.js';
import { describeProperty, type PropertyRecord } from '../metadata/properties.js';
import { requireLegacy } from './legacy.js';

/** Says what a field is for; models read it when they fill the field in. */
export function Description(text: string): PropertyDecorator {
  return record({ description: text });
}

/** Names a field for people, in forms and user interfaces. */
export function Title(text: string): PropertyDecorator {
  return record({ title: text });
}

/** Shows values that the field may have; they become `examples` in the JSON Schema. */
export function Examples(...values: readonly unknown[]): PropertyDecorator {
  return record({ examples: values });
}

/**
 * Says what the elements of an array or a `Set` are, or the class of a nested object: a class whose
 * fields are decorated in turn, or `String`, `Number`, `Boolean`. The compiler records `Array` and
 * nothing more, so a list of objects needs it. The function lets two classes refer to each other.
 */
export function Items(
  type: () => Class | StringConstructor | NumberConstructor | BooleanConstructor,
): PropertyDecorator {
  return record({ type });
}

/**
 * Mirrors the field in the HTTP header `Mcp-Param-{name}` (`x-mcp-header`, SEP-2243), so that proxies
 * can route by it. For strings, integers and booleans that are no secrets.
 */
export function Header(name: string): PropertyDecorator {
  return record({ header: name });
}

function record(patch: PropertyRecord): PropertyDecorator {
  return (target, property) => {
    requireLegacy(property);
    describeProperty(target.constructor as Class, String(property), patch);
  };
}
