import type { StandardSchemaV1 } from '@standard-schema/spec';
import type { Class } from './class.js';

/** Where a shape comes from: a class with class-validator decorators, or any Standard Schema. */
export type SchemaSource<T = unknown> = Class<T & object> | StandardSchemaV1<unknown, T>;
