import type { SchemaSource } from '../metadata/options.js';
import { compileSchema } from '../schema/compile-schema.js';
import type { Schema, SchemaRole } from '../schema/schema.js';
import type { Mistakes } from './mistakes.js';

/** Compiles every shape once, however many entries share it, so that its mistakes are told once too. */
export class Shapes {
  readonly #compiled = new Map<string, Map<SchemaSource, Schema | undefined>>();

  constructor(private readonly mistakes: Mistakes) {}

  /** The compiled shape, or undefined where it has mistakes; `place` says where it was met first. */
  compile(source: SchemaSource, role: SchemaRole, place: string): Schema | undefined {
    const known = this.#compiled.get(role) ?? new Map<SchemaSource, Schema | undefined>();
    this.#compiled.set(role, known);
    if (!known.has(source)) {
      known.set(
        source,
        this.mistakes.attempt(place, () => compileSchema(source, { role })),
      );
    }
    return known.get(source);
  }
}
