import { parseMessage } from '../../../framework/protocol/messages/parse-message.js';

const nested = (depth: number): string => `${'['.repeat(depth)}${']'.repeat(depth)}`;
const request = (params: string): string => `{"jsonrpc":"2.0","id":7,"method":"ping","params":${params}}`;

describe('parseMessage', () => {
  it.each([
    ['a request with a number as its id', '{"jsonrpc":"2.0","id":0,"method":"ping"}', 'request'],
    ['a request with an empty string as its id', '{"jsonrpc":"2.0","id":"","method":"ping"}', 'request'],
    ['a request with params', request('{"a":[1,{"b":null}]}'), 'request'],
    ['a notification', '{"jsonrpc":"2.0","method":"notifications/initialized"}', 'notification'],
    ['a result', '{"jsonrpc":"2.0","id":"s.1","result":{}}', 'response'],
    ['an error', '{"jsonrpc":"2.0","id":1,"error":{"code":-1,"message":"no","data":[1]}}', 'response'],
    ['an error without an id', '{"jsonrpc":"2.0","error":{"code":-32700,"message":"no"}}', 'response'],
    ['text that only looks like a forbidden key', request('{"text":"__proto__ \\u005f"}'), 'request'],
    ['values as deep as they may be', request(`{"a":${nested(62)}}`), 'request'],
  ])('accepts %s', (_, text, kind) => {
    expect(parseMessage(text)).toEqual({ kind, message: JSON.parse(text) as unknown });
  });

  it.each([
    ['nothing', '', -32700, undefined],
    ['what is not JSON', '{"jsonrpc":"2.0","id":1,', -32700, undefined],
    ['JSON with a comment', '{"jsonrpc":"2.0","id":1,"method":"ping"}//', -32700, undefined],
    ['a byte order mark', '\ufeff{"jsonrpc":"2.0","id":1,"method":"ping"}', -32700, undefined],
    ['two messages', '{"jsonrpc":"2.0","method":"a"}{"jsonrpc":"2.0","method":"b"}', -32700, undefined],
    ['a batch', '[{"jsonrpc":"2.0","id":1,"method":"ping"}]', -32600, undefined],
    ['an empty batch', '[]', -32600, undefined],
    ['null', 'null', -32600, undefined],
    ['a string', '"ping"', -32600, undefined],
    ['an empty object', '{}', -32600, undefined],
    ['no jsonrpc', '{"id":1,"method":"ping"}', -32600, 1],
    ['another jsonrpc', '{"jsonrpc":"1.0","id":1,"method":"ping"}', -32600, 1],
    ['jsonrpc as a number', '{"jsonrpc":2.0,"id":1,"method":"ping"}', -32600, 1],
    ['a null id', '{"jsonrpc":"2.0","id":null,"method":"ping"}', -32600, undefined],
    ['a fractional id', '{"jsonrpc":"2.0","id":1.5,"method":"ping"}', -32600, undefined],
    ['an infinite id', '{"jsonrpc":"2.0","id":1e999,"method":"ping"}', -32600, undefined],
    [
      'an id that would come back as another',
      '{"jsonrpc":"2.0","id":9007199254740993,"method":"ping"}',
      -32600,
      undefined,
    ],
    ['an id that is an object', '{"jsonrpc":"2.0","id":{},"method":"ping"}', -32600, undefined],
    ['an id that is a boolean', '{"jsonrpc":"2.0","id":true,"method":"ping"}', -32600, undefined],
    ['a method that is no string', '{"jsonrpc":"2.0","id":"a","method":1}', -32600, 'a'],
    ['a null method', '{"jsonrpc":"2.0","id":"a","method":null}', -32600, 'a'],
    ['params by position', request('[1]'), -32600, 7],
    ['null params', request('null'), -32600, 7],
    ['params that are a string', request('"a"'), -32600, 7],
    ['a method and a result', '{"jsonrpc":"2.0","id":1,"method":"ping","result":{}}', -32600, 1],
    ['a method and an error', '{"jsonrpc":"2.0","id":1,"method":"ping","error":{}}', -32600, 1],
    ['neither a method nor an outcome', '{"jsonrpc":"2.0","id":1}', -32600, 1],
    ['a result without an id', '{"jsonrpc":"2.0","result":{}}', -32600, undefined],
    ['a result that is no object', '{"jsonrpc":"2.0","id":1,"result":5}', -32600, 1],
    ['a result and an error', '{"jsonrpc":"2.0","id":1,"result":{},"error":{"code":1,"message":""}}', -32600, 1],
    ['an error without a message', '{"jsonrpc":"2.0","id":1,"error":{"code":1}}', -32600, 1],
    ['an error whose code is a string', '{"jsonrpc":"2.0","id":1,"error":{"code":"1","message":""}}', -32600, 1],
    ['__proto__ in the message', '{"jsonrpc":"2.0","id":7,"method":"ping","__proto__":{}}', -32600, 7],
    ['__proto__ in params', request('{"__proto__":{"admin":true}}'), -32600, 7],
    ['__proto__ in a list in params', request('{"a":[{"b":{"__proto__":1}}]}'), -32600, 7],
    ['__proto__ written with escapes', request('{"\\u005f_proto__":1}'), -32600, 7],
    ['too many levels', request(`{"a":${nested(63)}}`), -32600, 7],
    ['3,000 levels', request(nested(3000).replace('[', '{"a":').replace(/\]$/, '}')), -32600, 7],
    [
      '250,000 keys',
      request(`{${Array.from({ length: 250_000 }, (_, key) => `"k${key}":0`).join()}}`),
      -32600,
      undefined,
    ],
  ])('refuses %s', (_, text, code, id) => {
    const parsed = parseMessage(text);
    if (parsed.kind !== 'invalid') throw new Error(`It was taken for a ${parsed.kind}.`);
    expect(parsed.answer.status).toBe(400);
    const answer = JSON.parse(parsed.answer.body) as { id?: unknown; error: { code: number; message: string } };
    expect(answer).toEqual({
      jsonrpc: '2.0',
      ...(id !== undefined && { id }),
      error: { code, message: expect.any(String) },
    });
    expect(parsed.answer.body.length).toBeLessThan(200);
  });
});
