import type { Implementation } from '../../spec.js';
import { isObject } from './parse-message.js';

/** Whether a client says who it is in the way that the schema asks for. */
export const isImplementation = (value: unknown): value is Implementation =>
  isObject(value) && typeof value['name'] === 'string' && typeof value['version'] === 'string';
