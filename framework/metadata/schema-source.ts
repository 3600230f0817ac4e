import type { StandardSchemaV1 } from '@standard-schema/spec';
import type { Class } from './class.js';

/** Where a shape comes from: a class with class-validator decorators, or any Standard Schema. */
export type SchemaSource<T = unknown> = Class<T & object> | StandardSchemaV1<unknown, T>;

/**
 * Where the shape of a result comes from. A handler returns what goes into a Standard Schema; what comes out of it, after its
 * transforms, is sent.
 */
export type OutputSource<T = unknown> = Class<T & object> | StandardSchemaV1<T, unknown>;
