import type { SchemaSource } from '../metadata/options.js';

/** A JSON Schema 2020-12 document or subschema. */
export type JsonSchema = { readonly [keyword: string]: unknown };

/** One thing that is wrong with a value. Names the place and the rule, never the value. */
export interface Issue {
  /** Dotted path from the root, array places in brackets: `filter.tags[2]`; empty for the root. */
  readonly path: string;
  readonly message: string;
}

/** What validation found: the value, or at most 20 issues. */
export type Validation<T> =
  { readonly ok: true; readonly value: T } | { readonly ok: false; readonly issues: readonly Issue[] };

/**
 * What a shape is for. `input` must be an object at its root; `form` is an input whose choices carry
 * titles; `answer` is what comes in from a model, and may be any JSON value; so may `output`, which describes what is sent.
 */
export type SchemaRole = 'input' | 'form' | 'answer' | 'output';

/** A shape, compiled once at boot: what goes on the wire and what a call is checked against. */
export interface Schema<T = unknown> {
  readonly source: SchemaSource<T>;
  /** JSON Schema 2020-12 with local references only. */
  readonly json: JsonSchema;
  /**
   * Checks a JSON value and hydrates it into an instance of the DTO (or the Standard Schema's output).
   * A promise comes back only where a rule of the shape is asynchronous or the checker is not loaded yet.
   */
  validate(value: unknown): Validation<T> | Promise<Validation<T>>;
  /**
   * The other direction: turns what a handler returned (an instance or a plain object) into the JSON value
   * that is sent as `structuredContent`, and checks it against `json`. Sets become arrays and dates ISO 8601
   * strings; fields that the DTO does not declare are left out, so that none leaves by accident.
   */
  serialise(value: unknown): Validation<unknown> | Promise<Validation<unknown>>;
  /**
   * Builds the checker ahead of the first call; after it `validate` is synchronous where no rule is not.
   * @throws PerduraError `INVALID_JSON_SCHEMA` where a schema written by hand does not compile
   */
  prepare(): Promise<void>;
}
