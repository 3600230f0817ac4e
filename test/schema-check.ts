import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Ajv2020, type ValidateFunction } from 'ajv/dist/2020.js';
import formats from 'ajv-formats';

export type Revision = '2025-11-25' | '2026-07-28';
type Schemas = Revision | 'tasks-extension';
type Definitions = Readonly<
  Record<string, { readonly properties?: Readonly<Record<string, { readonly const?: string }>> }>
>;

const read = (name: Schemas): { readonly $defs: Definitions } =>
  JSON.parse(readFileSync(join('test', 'fixtures', 'schema', `${name}.json`), 'utf8')) as { $defs: Definitions };

/** The official schemas of both revisions, and the extension's types written as a schema. */
const SCHEMAS: Readonly<Record<Schemas, { readonly $defs: Definitions }>> = {
  '2025-11-25': read('2025-11-25'),
  '2026-07-28': read('2026-07-28'),
  'tasks-extension': read('tasks-extension'),
};

const ajv = new Ajv2020({ strict: false, allErrors: true });
formats.default(ajv);
for (const [name, schema] of Object.entries(SCHEMAS)) ajv.addSchema(schema, name);

/** The definition of each message that has a method: found by the constant that the schema gives it. */
const BY_METHOD: Readonly<Record<Revision, ReadonlyMap<string, string>>> = {
  '2025-11-25': byMethod('2025-11-25'),
  '2026-07-28': new Map([
    ...byMethod('2026-07-28'),
    ['tasks/get', 'tasks-extension#/$defs/TaskRequest'],
    ['tasks/cancel', 'tasks-extension#/$defs/TaskRequest'],
    ['tasks/update', 'tasks-extension#/$defs/UpdateTaskRequest'],
    ['notifications/tasks', 'tasks-extension#/$defs/TaskStatusNotification'],
  ]),
};

function byMethod(revision: Revision): Map<string, string> {
  const found = new Map<string, string>();
  for (const [name, { properties }] of Object.entries(SCHEMAS[revision].$defs)) {
    const method = properties?.['method']?.const;
    if (method !== undefined && !name.startsWith('Client')) found.set(method, `${revision}#/$defs/${name}`);
  }
  return found;
}

/** Results whose definition does not have the name of their request's. */
const RESULTS: Readonly<Record<Revision, Readonly<Record<string, string>>>> = {
  '2025-11-25': {
    ping: 'EmptyResult',
    'logging/setLevel': 'EmptyResult',
    'resources/subscribe': 'EmptyResult',
    'resources/unsubscribe': 'EmptyResult',
    // The payload of the only request that can be a task.
    'tasks/result': 'CallToolResult',
  },
  '2026-07-28': {
    'tasks/get': 'tasks-extension#/$defs/GetTaskResult',
    'tasks/update': 'tasks-extension#/$defs/AcknowledgeTaskResult',
    'tasks/cancel': 'tasks-extension#/$defs/AcknowledgeTaskResult',
  },
};

/** Errors that the schema of 2026-07-28 says more about than that they are errors. */
const ERRORS: Readonly<Record<number, string>> = {
  [-32020]: '2026-07-28#/$defs/HeaderMismatchError',
  [-32021]: '2026-07-28#/$defs/MissingRequiredClientCapabilityError',
  [-32022]: '2026-07-28#/$defs/UnsupportedProtocolVersionError',
};

interface Message {
  readonly id?: unknown;
  readonly method?: string;
  readonly result?: Readonly<Record<string, unknown>>;
  readonly error?: { readonly code: number };
}

/**
 * What the official schemas find wrong with a message that a client `sent` or `received`; nothing where it is valid.
 * A response needs the method of the request that it answers. Of `own`, the methods of an extension, no official schema knows more
 * than that they are messages.
 */
export function validate(
  revision: Revision,
  direction: 'sent' | 'received',
  message: unknown,
  requestMethod?: string,
  own: readonly string[] = [],
): readonly string[] {
  const { id, method, result, error } = message as Message;
  if (method !== undefined) {
    const definition = BY_METHOD[revision].get(method);
    if (direction === 'received' && definition === undefined && !own.includes(method))
      return [`the server sent an unknown method: ${method}`];
    if (direction === 'received' && id !== undefined && revision === '2026-07-28') return ['the server sent a request'];
    const general = `${revision}#/$defs/${id === undefined ? 'JSONRPCNotification' : 'JSONRPCRequest'}`;
    return [...against(general, message), ...(definition === undefined ? [] : against(definition, message))];
  }
  if (error !== undefined) {
    const specific = revision === '2026-07-28' ? ERRORS[error.code] : undefined;
    return [
      ...against(`${revision}#/$defs/JSONRPCErrorResponse`, message),
      ...(specific === undefined ? [] : against(specific, message)),
    ];
  }
  if (requestMethod === undefined) return ['a response was given without the method of its request'];
  return [
    ...against(`${revision}#/$defs/JSONRPCResultResponse`, message),
    ...against(
      own.includes(requestMethod) ? `${revision}#/$defs/Result` : resultOf(revision, requestMethod, result ?? {}),
      result,
    ),
  ];
}

function resultOf(revision: Revision, method: string, result: Readonly<Record<string, unknown>>): string {
  const { resultType } = result;
  if (resultType === 'input_required') return '2026-07-28#/$defs/InputRequiredResult';
  if (resultType === 'task') return 'tasks-extension#/$defs/CreateTaskResult';
  if (revision === '2025-11-25' && method === 'tools/call' && 'task' in result)
    return '2025-11-25#/$defs/CreateTaskResult';
  const named = RESULTS[revision][method];
  if (named !== undefined) return named.includes('#') ? named : `${revision}#/$defs/${named}`;
  const request = BY_METHOD[revision].get(method);
  if (request === undefined) throw new Error(`${revision} has no result for ${method}`);
  return request.replace(/Request$/, 'Result');
}

function against(definition: string, value: unknown): readonly string[] {
  const check = ajv.getSchema(definition) as ValidateFunction | undefined;
  if (!check) throw new Error(`There is no definition ${definition}`);
  if (check(value)) return [];
  return (check.errors ?? []).map(({ instancePath, message }) => `${definition} ${instancePath} ${message ?? ''}`);
}
