import { declare } from '../metadata/declarations.js';
import type { ResourceOptions } from '../metadata/options.js';
import type { ResourceReturn } from '../metadata/results.js';
import type { UriVariables } from '../metadata/uri-variables.js';
import type { CallContext } from '../runtime/context.js';
import type { HandlerDecorator } from './handler.js';
import { requireCall } from './legacy.js';
import { record } from './record.js';

/**
 * Offers a class (its `read` method) or a method as a resource (`server/resources`), at a fixed `uri` or at every URI of a
 * `uriTemplate`. The method is given the template's variables, decoded, and the call's context.
 */
export function Resource<U extends string = ''>(
  options: ResourceOptions<U>,
): HandlerDecorator<'read', UriVariables<NoInfer<U>>, CallContext, ResourceReturn> {
  requireCall('Resource', options);
  return record('read', (place) => declare({ kind: 'resource', ...place, options }));
}
