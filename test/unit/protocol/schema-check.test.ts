import { validate } from '../../schema-check.js';

describe('the check against the official schemas', () => {
  it('accepts a valid answer of either revision', () => {
    expect(validate('2025-11-25', 'received', { jsonrpc: '2.0', id: 1, result: { tools: [] } }, 'tools/list')).toEqual(
      [],
    );
    const result = { resultType: 'complete', tools: [], ttlMs: 0, cacheScope: 'private' };
    expect(validate('2026-07-28', 'received', { jsonrpc: '2.0', id: 1, result }, 'tools/list')).toEqual([]);
  });

  it.each([
    ['a list without its entries', { jsonrpc: '2.0', id: 1, result: { resultType: 'complete' } }, 'tools/list'],
    ['a null id', { jsonrpc: '2.0', id: null, error: { code: -32600, message: 'no' } }, undefined],
    [
      'a mismatch of versions without data',
      { jsonrpc: '2.0', id: 1, error: { code: -32022, message: 'no' } },
      undefined,
    ],
    ['a task in a wrapper', { jsonrpc: '2.0', id: 1, result: { resultType: 'task', task: {} } }, 'tools/call'],
    ['a request from the server', { jsonrpc: '2.0', id: 1, method: 'roots/list' }, undefined],
    ['an unknown notification', { jsonrpc: '2.0', method: 'notifications/unheard' }, undefined],
  ])('refuses %s on 2026-07-28', (_, message, method) => {
    expect(validate('2026-07-28', 'received', message, method)).not.toEqual([]);
  });
});
