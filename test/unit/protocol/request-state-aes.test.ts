import { createRequestStateCodec } from '../../../framework/protocol/sealed/request-state-aes.js';

const KEY = 'k'.repeat(32);
const OTHER_KEY = 'o'.repeat(32);
const binding = { owner: 'alice', method: 'tools/call', name: 'book', args: { seat: 4, row: 'B' } };
const state = { journal: [['a', 1]], secret: 'the passphrase is swordfish' };

describe('a sealed request state', () => {
  const codec = createRequestStateCodec({ keys: [KEY] });

  it('opens for the request that it was sealed for', () => {
    expect(codec.open(codec.seal(state, binding), binding)).toEqual(state);
  });

  it('opens whatever the order of the arguments', () => {
    expect(codec.open(codec.seal(state, binding), { ...binding, args: { row: 'B', seat: 4 } })).toEqual(state);
  });

  it('opens in another process that has the same key', () => {
    expect(createRequestStateCodec({ keys: [KEY] }).open(codec.seal(state, binding), binding)).toEqual(state);
  });

  it('is never the same text twice, and shows nothing of what it holds', () => {
    const sealed = codec.seal(state, binding);
    expect(sealed).not.toBe(codec.seal(state, binding));
    expect(sealed).toMatch(/^v1\.[\w-]+\.[\w-]+$/);
    expect(Buffer.from(sealed.split('.')[2] as string, 'base64url').toString('latin1')).not.toContain('swordfish');
  });

  it.each([
    ['another caller', { ...binding, owner: 'bob' }],
    ['another method', { ...binding, method: 'prompts/get' }],
    ['another tool', { ...binding, name: 'cancel' }],
    ['other arguments', { ...binding, args: { seat: 5, row: 'B' } }],
  ])('does not open for %s', (_, other) => {
    expect(codec.open(codec.seal(state, binding), other)).toBeUndefined();
  });

  // Spec: rounds.expiry
  it('does not open after its time', () => {
    let now = 0;
    const clocked = createRequestStateCodec({ keys: [KEY], ttl: 1000, now: () => now });
    const sealed = clocked.seal(state, binding);
    now = 999;
    expect(clocked.open(sealed, binding)).toEqual(state);
    now = 1000;
    expect(clocked.open(sealed, binding)).toBeUndefined();
  });

  it('does not open when any part of it was changed', () => {
    const sealed = codec.seal(state, binding);
    for (let place = 0; place < sealed.length; place++) {
      const changed = sealed.slice(0, place) + (sealed[place] === 'A' ? 'B' : 'A') + sealed.slice(place + 1);
      expect(codec.open(changed, binding)).toBeUndefined();
    }
  });

  it.each(['', 'v1', 'v1..', 'v1.a.b', '{"admin":true}', 'v1.a.b.c'])('takes %j for nothing', (text) => {
    expect(codec.open(text, binding)).toBeUndefined();
  });

  it('opens under an older key after the key was changed, and not once that key is gone', () => {
    const sealed = codec.seal(state, binding);
    expect(createRequestStateCodec({ keys: [OTHER_KEY, KEY] }).open(sealed, binding)).toEqual(state);
    expect(createRequestStateCodec({ keys: [OTHER_KEY] }).open(sealed, binding)).toBeUndefined();
  });

  it('opens under no key but its own where none was given', () => {
    const one = createRequestStateCodec();
    expect(one.open(one.seal(state, binding), binding)).toEqual(state);
    expect(createRequestStateCodec().open(one.seal(state, binding), binding)).toBeUndefined();
  });

  it('refuses a key that could be guessed', () => {
    expect(() => createRequestStateCodec({ keys: ['short'] })).toThrow(
      expect.objectContaining({ code: 'REQUEST_STATE_KEY_TOO_SHORT' }),
    );
  });

  it('refuses to hold more than a client should carry, and says what to do', () => {
    expect(() => codec.seal('x'.repeat(256 * 1024), binding)).toThrow(
      expect.objectContaining({ code: 'REQUEST_STATE_TOO_LARGE', message: expect.stringContaining('@Task') }),
    );
  });
});
