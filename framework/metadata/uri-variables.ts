/**
 * The variables of a URI template, by name. Those of `{?a}`, `{&a}` and `{;a}` carry their name in the URI and may be
 * absent from it; all others must be there, or the template does not cover the URI.
 */
export type UriVariables<U extends string> = string extends U
  ? Readonly<Record<string, string>>
  : { readonly [K in keyof Collected<U>]: Collected<U>[K] };

type Collected<U extends string> = U extends `${string}{${infer Expression}}${infer Rest}`
  ? Expressed<Expression> & Collected<Rest>
  : unknown;

type Expressed<E extends string> = E extends `${'?' | '&' | ';'}${infer Names}`
  ? { [K in Listed<Names>]?: string }
  : E extends `${'+' | '#' | '.' | '/'}${infer Names}`
    ? { [K in Listed<Names>]: string }
    : { [K in Listed<E>]: string };

type Listed<Names extends string> = Names extends `${infer First},${infer Rest}` ? First | Listed<Rest> : Names;
