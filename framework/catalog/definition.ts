/**
 * A definition exactly as a list shows it: no undefined fields, nothing shared with the decorator's options, and frozen
 * through and through. The options' types are the specification's own, but read-only, hence the type parameter.
 */
export function published<T extends object>(definition: { readonly [K in keyof T]?: unknown }): T {
  return frozen(JSON.parse(JSON.stringify(definition)) as T);
}

function frozen<T>(value: T): T {
  if (typeof value !== 'object' || value === null) return value;
  Object.values(value).forEach(frozen);
  return Object.freeze(value);
}
