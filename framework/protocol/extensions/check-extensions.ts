import { BootError, PerduraError } from '../../errors.js';
import { compileSchema } from '../../schema/compile-schema.js';
import type { Schema } from '../../schema/schema.js';
import type { Extension } from './extension.js';
import { TASKS_EXTENSION } from '../messages/meta.js';
import type { CheckedExtension } from './served-extension.js';
import { isSpecMethod } from './spec-methods.js';

/** An extension and the plugin that it came from. */
export interface GivenExtension {
  readonly plugin: string;
  readonly extension: Extension;
}

/** Keys of `_meta` with their mandatory prefix (2026-07-28 `basic`, `_meta`): labels in dots, a slash, a name. */
const ID = /^[a-z]([a-z0-9-]*[a-z0-9])?(\.[a-z]([a-z0-9-]*[a-z0-9])?)*\/[a-z0-9]([\w.-]*[a-z0-9])?$/i;
const METHOD = /^[a-z][\w.-]*(\/[a-z][\w.-]*)+$/i;
const NOTIFICATIONS = 'notifications/';

/** Compiles what the methods of extensions take, and takes note of all that is wrong with them. */
export function checkExtensions(given: readonly GivenExtension[]): {
  readonly extensions: readonly CheckedExtension[];
  readonly mistakes: readonly PerduraError[];
} {
  const mistakes: PerduraError[] = [];
  const owners = new Map<string, string>([[TASKS_EXTENSION, 'perdura']]);
  const named = new Map<string, string>();

  const claim = (name: string, { id }: Extension): void => {
    const first = named.get(name);
    if (first !== undefined) mistakes.push(PerduraError.of('DUPLICATE_EXTENSION_METHOD', name, first, id));
    else named.set(name, id);
  };
  const check = ({ plugin, extension }: GivenExtension): CheckedExtension => {
    const { id, methods = {}, notifications = [] } = extension;
    if (typeof id !== 'string' || !ID.test(id))
      mistakes.push(PerduraError.of('ILLEGAL_EXTENSION_ID', plugin, String(id)));
    const first = owners.get(id);
    if (first !== undefined) mistakes.push(PerduraError.of('DUPLICATE_EXTENSION', id, first, plugin));
    owners.set(id, plugin);
    const params = new Map<string, Schema>();
    for (const [name, method] of Object.entries(methods)) {
      const problem = problemOf(name, name.startsWith(NOTIFICATIONS) && 'names a notification');
      if (problem) mistakes.push(PerduraError.of('ILLEGAL_EXTENSION_METHOD', id, name, problem));
      claim(name, extension);
      const { params: shape } = method;
      if (shape !== undefined) collect(mistakes, () => params.set(name, compileSchema(shape, { name })));
    }
    for (const name of notifications) {
      const problem = problemOf(name, !name.startsWith(NOTIFICATIONS) && 'does not begin with "notifications/"');
      if (problem) mistakes.push(PerduraError.of('ILLEGAL_EXTENSION_METHOD', id, name, problem));
      claim(name, extension);
    }
    return { extension, params };
  };
  return { extensions: given.map(check), mistakes };
}

function problemOf(name: string, misplaced: string | false): string | undefined {
  if (misplaced !== false) return misplaced;
  if (!METHOD.test(name)) return 'is no method name in parts with slashes';
  return isSpecMethod(name) ? "is the specification's own" : undefined;
}

function collect(mistakes: PerduraError[], compile: () => void): void {
  try {
    compile();
  } catch (error) {
    if (!(error instanceof BootError)) throw error;
    mistakes.push(...error.mistakes);
  }
}
