/** HTTP status, then the JSON-RPC error code or how else it ends, then the id that the answer bears (none: it has none). */
export type Outcome = readonly [
  status: number,
  ends: number | 'result' | 'tool error' | 'accepted',
  id?: string | number,
];

/** One malformed, or oddly formed, message and how each revision answers it. */
export interface Row {
  readonly name: string;
  /** Text as it is, or a change to a valid call. */
  readonly body: string | ((call: Valid) => unknown);
  readonly on2025: Outcome;
  /** Where it differs. */
  readonly on2026?: Outcome;
}

export type Valid = Readonly<Record<string, unknown>> & { readonly params: Readonly<Record<string, unknown>> };

const text = (body: string, outcome: Outcome): Row => ({ name: JSON.stringify(body), body, on2025: outcome });
const row = (name: string, body: Row['body'], on2025: Outcome, on2026?: Outcome): Row =>
  on2026 ? { name, body, on2025, on2026 } : { name, body, on2025 };
const without = (call: Valid, member: string): object =>
  Object.fromEntries(Object.entries(call).filter(([name]) => name !== member));
const params = (call: Valid, changed: object): object => ({ ...call, params: { ...call.params, ...changed } });
/** As text, since an object literal's `__proto__` is its prototype. */
const renamed = (call: unknown, from: string, to: string): string =>
  JSON.stringify(call).replace(`"${from}"`, `"${to}"`);

const PARSE: Outcome = [400, -32700];
const INVALID: Outcome = [400, -32600];
const INVALID_WITH_ID: Outcome = [400, -32600, 'valid'];
const RESULT: Outcome = [200, 'result', 'valid'];
const UNKNOWN: [Outcome, Outcome] = [
  [200, -32601, 'valid'],
  [404, -32601, 'valid'],
];
const PARAMS: Outcome = [200, -32602, 'valid'];
const PARAMS_ON_ENVELOPE: [Outcome, Outcome] = [PARAMS, [400, -32602, 'valid']];

export const MALFORMED: readonly Row[] = [
  // No JSON.
  ...[
    '',
    ' ',
    '{',
    '}',
    '{"a"',
    'nul',
    'undefined',
    'NaN',
    '"open',
    "{'a':1}",
    '{"a":1,}',
    '[1,',
    '\u0000',
    '// c\n{}',
    '{}{}',
  ].map((body) => text(body, PARSE)),
  row('a byte order mark', (call) => `\uFEFF${JSON.stringify(call)}`, PARSE),
  row('two messages on two lines', (call) => `${JSON.stringify(call)}\n${JSON.stringify(call)}`, PARSE),

  // No object.
  ...['null', 'true', '0', '-0', '1e999', '"text"', '[]', '[[]]', '[null]'].map((body) => text(body, INVALID)),
  row('a batch of one', (call) => [call], INVALID),
  row('a batch of 101', (call) => Array.from({ length: 101 }, (_, id) => ({ ...call, id })), INVALID),

  // No message.
  text('{}', INVALID),
  text('{"jsonrpc":"2.0"}', INVALID),
  row('jsonrpc 1.0', (call) => ({ ...call, jsonrpc: '1.0' }), INVALID_WITH_ID),
  row('jsonrpc as a number', (call) => ({ ...call, jsonrpc: 2 }), INVALID_WITH_ID),
  row('jsonrpc null', (call) => ({ ...call, jsonrpc: null }), INVALID_WITH_ID),
  row('no jsonrpc', (call) => without(call, 'jsonrpc'), INVALID_WITH_ID),
  row('no method', (call) => without(call, 'method'), INVALID_WITH_ID),
  row('method null', (call) => ({ ...call, method: null }), INVALID_WITH_ID),
  row('method a number', (call) => ({ ...call, method: 7 }), INVALID_WITH_ID),
  row('method an array', (call) => ({ ...call, method: ['tools/call'] }), INVALID_WITH_ID),
  row('id null', (call) => ({ ...call, id: null }), INVALID),
  row('id true', (call) => ({ ...call, id: true }), INVALID),
  row('id a fraction', (call) => ({ ...call, id: 1.5 }), INVALID),
  row('id an object', (call) => ({ ...call, id: {} }), INVALID),
  row('id an array', (call) => ({ ...call, id: ['valid'] }), INVALID),
  row('id 2^53', (call) => ({ ...call, id: 2 ** 53 }), INVALID),
  row('id beyond all numbers', (call) => JSON.stringify(call).replace('"valid"', '1e999'), INVALID),
  row('params null', (call) => ({ ...call, params: null }), INVALID_WITH_ID),
  row('params an array', (call) => ({ ...call, params: ['echo'] }), INVALID_WITH_ID),
  row('params a string', (call) => ({ ...call, params: 'echo' }), INVALID_WITH_ID),
  row('a method and a result', (call) => ({ ...call, result: {} }), INVALID_WITH_ID),
  row('a method and an error', (call) => ({ ...call, error: { code: 1, message: '' } }), INVALID_WITH_ID),

  // Answers from the client, which 2026-07-28 has no place for.
  row('a response', () => ({ jsonrpc: '2.0', id: 'ours', result: {} }), [202, 'accepted'], INVALID),
  row(
    'an error response',
    () => ({ jsonrpc: '2.0', id: 'ours', error: { code: 1, message: '' } }),
    [202, 'accepted'],
    INVALID,
  ),
  row(
    'a result and an error',
    () => ({ jsonrpc: '2.0', id: 1, result: {}, error: { code: 1, message: '' } }),
    [400, -32600, 1],
  ),
  row('a result that is no object', () => ({ jsonrpc: '2.0', id: 1, result: [] }), [400, -32600, 1]),
  row('a result without an id', () => ({ jsonrpc: '2.0', result: {} }), INVALID),
  row('an error without a code', () => ({ jsonrpc: '2.0', id: 1, error: { message: '' } }), [400, -32600, 1]),
  row(
    'an error with a fraction for a code',
    () => ({ jsonrpc: '2.0', id: 1, error: { code: 1.5, message: '' } }),
    [400, -32600, 1],
  ),

  // Notifications: never answered, never executed as requests.
  row('a method as a notification', (call) => without(call, 'id'), [202, 'accepted']),
  row('an unknown notification', () => ({ jsonrpc: '2.0', method: 'notifications/unheard-of' }), [202, 'accepted']),
  row('a notification with an id', (call) => ({ ...call, method: 'notifications/initialized' }), ...UNKNOWN),

  // Unknown methods, among them the names that every object has.
  ...[
    '',
    'tools',
    'TOOLS/CALL',
    '__proto__',
    'constructor',
    'toString',
    'hasOwnProperty',
    'then',
    'x'.repeat(5_000),
  ].map((method) => row(`method "${method.slice(0, 20)}"`, (call) => ({ ...call, method }), ...UNKNOWN)),

  // A header cannot end in a blank, so there the two differ before the method is looked up.
  row('a method with a blank at its end', (call) => ({ ...call, method: 'tools/call ' }), UNKNOWN[0], [
    400,
    -32020,
    'valid',
  ]),

  // Envelopes.
  row('_meta null', (call) => params(call, { _meta: null }), ...PARAMS_ON_ENVELOPE),
  row('_meta a string', (call) => params(call, { _meta: 'meta' }), ...PARAMS_ON_ENVELOPE),
  row('_meta an array', (call) => params(call, { _meta: [] }), ...PARAMS_ON_ENVELOPE),
  row(
    'a progress token that is an object',
    (call) => params(call, { _meta: { ...(call.params['_meta'] as object | undefined), progressToken: {} } }),
    ...PARAMS_ON_ENVELOPE,
  ),
  row('no params', (call) => without(call, 'params'), ...PARAMS_ON_ENVELOPE),

  // Arguments.
  row('no name', (call) => ({ ...call, params: without(call.params as Valid, 'name') }), PARAMS),
  row('name a number', (call) => params(call, { name: 1 }), PARAMS),
  row('name an object', (call) => params(call, { name: { echo: 'echo' } }), PARAMS),
  row('arguments null', (call) => params(call, { arguments: null }), PARAMS),
  row('arguments an array', (call) => params(call, { arguments: ['hello'] }), PARAMS),
  row('arguments a string', (call) => params(call, { arguments: 'hello' }), PARAMS),
  row('an argument of another type', (call) => params(call, { arguments: { text: 1 } }), [200, 'tool error', 'valid']),
  row('an argument that is not declared', (call) => params(call, { arguments: { more: 1 } }), [
    200,
    'tool error',
    'valid',
  ]),

  // What the engine gives every object, as keys.
  row('__proto__ in the message', (call) => renamed({ ...call, x: {} }, 'x', '__proto__'), INVALID_WITH_ID),
  row(
    '__proto__ in params',
    (call) => renamed(params(call, { x: { polluted: 1 } }), 'x', '__proto__'),
    INVALID_WITH_ID,
  ),
  row('__proto__ in _meta', (call) => renamed(params(call, { _meta: { x: {} } }), 'x', '__proto__'), INVALID_WITH_ID),
  row(
    '__proto__ in arguments',
    (call) => renamed(params(call, { arguments: { x: {} } }), 'x', '__proto__'),
    INVALID_WITH_ID,
  ),
  row(
    '__proto__ deep in arguments, escaped',
    (call) => renamed(params(call, { arguments: { text: [{ x: 1 }] } }), 'x', '\\u005f_proto__'),
    INVALID_WITH_ID,
  ),
  row('constructor in the message', (call) => ({ ...call, constructor: { prototype: { polluted: 1 } } }), RESULT),
  row('constructor in params', (call) => params(call, { constructor: { prototype: { polluted: 1 } } }), RESULT),
  ...['constructor', 'prototype', 'toString', 'hasOwnProperty', 'then', 'toJSON'].map((name) =>
    row(`${name} in arguments`, (call) => params(call, { arguments: { [name]: { polluted: 1 } } }), [
      200,
      'tool error',
      'valid',
    ]),
  ),

  // Odd, but what JSON and JSON-RPC allow.
  row('members that nobody knows', (call) => ({ ...call, extra: 1, params: { ...call.params, extra: [] } }), RESULT),
  row(
    'a key twice: the last one counts',
    (call) => JSON.stringify(call).replace('{', '{"method":"tools/list","id":1,'),
    RESULT,
  ),
  row('an empty id', (call) => ({ ...call, id: '' }), [200, 'result', '']),
  row('id 0', (call) => ({ ...call, id: 0 }), [200, 'result', 0]),
  row('a negative id', (call) => ({ ...call, id: -7 }), [200, 'result', -7]),
  row('a very long id', (call) => ({ ...call, id: 'x'.repeat(10_000) }), [200, 'result', 'x'.repeat(10_000)]),
  row('blanks around the message', (call) => ` \r\n\t${JSON.stringify(call)}\n `, RESULT),
];
