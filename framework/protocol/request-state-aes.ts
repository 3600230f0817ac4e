import { Buffer } from 'node:buffer';
import { createCipheriv, createDecipheriv, hkdfSync, randomBytes } from 'node:crypto';
import { PerduraError } from '../errors.js';
import { fingerprint } from '../runtime/fingerprint.js';
import type { RequestStateCodec, StateBinding } from './request-state.js';

export interface RequestStateOptions {
  /** Secrets of at least 32 characters: the first seals, all open, so that keys can be rotated. Default: a random one. */
  readonly keys?: readonly string[];
  /** Milliseconds for which a sealed state opens. Default 10 minutes. */
  readonly ttl?: number;
  /** The most characters of a sealed state. Default 256 Ki. */
  readonly maxLength?: number;
  /** Milliseconds since 1970; for tests. Default `Date.now`. */
  readonly now?: () => number;
}

const VERSION = 'v1';
const IV_BYTES = 12;
const TAG_BYTES = 16;

interface Key {
  /** Names the key in what it seals, so that opening tries no other. */
  readonly id: string;
  readonly secret: Buffer;
}

/**
 * Seals with AES-256-GCM. What the state is bound to is authenticated with it and not stored: a state that is moved
 * to another caller or request simply does not open. Throws `REQUEST_STATE_KEY_TOO_SHORT` for a short key, and
 * `REQUEST_STATE_TOO_LARGE` from `seal`.
 */
export function createRequestStateCodec(options: RequestStateOptions = {}): RequestStateCodec {
  const { ttl = 600_000, maxLength = 256 * 1024, now = Date.now } = options;
  const given = options.keys?.length ? options.keys : [randomBytes(32).toString('base64')];
  const keys = given.map(keyOf);
  const sealing = keys[0] as Key;

  return {
    seal(state, binding) {
      const iv = randomBytes(IV_BYTES);
      const cipher = createCipheriv('aes-256-gcm', sealing.secret, iv).setAAD(authenticated(sealing, binding));
      const plain = JSON.stringify([now() + ttl, state]);
      const sealed = Buffer.concat([iv, cipher.update(plain, 'utf8'), cipher.final(), cipher.getAuthTag()]);
      const text = `${VERSION}.${sealing.id}.${sealed.toString('base64url')}`;
      if (text.length > maxLength) {
        throw PerduraError.of('REQUEST_STATE_TOO_LARGE', binding.name, text.length, maxLength);
      }
      return text;
    },
    open(text, binding) {
      if (typeof text !== 'string' || text.length > maxLength) return undefined;
      const [version, id, body, ...rest] = text.split('.');
      const key = keys.find((candidate) => candidate.id === id);
      if (version !== VERSION || !key || body === undefined || rest.length > 0) return undefined;
      const sealed = Buffer.from(body, 'base64url');
      if (sealed.length < IV_BYTES + TAG_BYTES || sealed.toString('base64url') !== body) return undefined;
      try {
        const opening = createDecipheriv('aes-256-gcm', key.secret, sealed.subarray(0, IV_BYTES))
          .setAAD(authenticated(key, binding))
          .setAuthTag(sealed.subarray(-TAG_BYTES));
        const plain = Buffer.concat([opening.update(sealed.subarray(IV_BYTES, -TAG_BYTES)), opening.final()]);
        const [expires, state] = JSON.parse(plain.toString('utf8')) as [number, unknown];
        return now() < expires ? state : undefined;
      } catch {
        // Not sealed here, or not for this: whoever sent it learns no more than that.
        return undefined;
      }
    },
  };
}

function keyOf(secret: string): Key {
  if (secret.length < 32) throw PerduraError.of('REQUEST_STATE_KEY_TOO_SHORT', secret.length);
  const derive = (purpose: string, bytes: number): Buffer =>
    Buffer.from(hkdfSync('sha256', secret, '', `perdura request-state ${VERSION} ${purpose}`, bytes));
  return { id: derive('kid', 6).toString('base64url'), secret: derive('seal', 32) };
}

function authenticated(key: Key, { owner, method, name, args }: StateBinding): Buffer {
  return Buffer.from(JSON.stringify([VERSION, key.id, owner, method, name, fingerprint(args)]));
}
