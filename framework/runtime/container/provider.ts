import type { Class } from '../../metadata/class.js';

/** What a dependency is asked for by: a class, or the string or symbol given to `@Inject`. */
export type Token<T = unknown> = Class<T & object> | string | symbol;

/** How the container gets a dependency. Classes need no provider; values, replacements and factories do. */
export type Provider =
  | { readonly provide: Token; readonly useValue: unknown }
  | { readonly provide: Token; readonly useClass: Class }
  /** Called once per app, on first use. */
  | { readonly provide: Token; readonly useFactory: (resolve: <T>(token: Token<T>) => T) => unknown };

/** What messages call a token. */
export function tokenName(token: Token): string {
  if (typeof token === 'function') return token.name;
  return typeof token === 'string' ? `'${token}'` : String(token);
}
