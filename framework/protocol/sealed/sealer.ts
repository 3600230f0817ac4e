import { Buffer } from 'node:buffer';
import { createCipheriv, createDecipheriv, hkdfSync, randomBytes } from 'node:crypto';
import { PerduraError } from '../../errors.js';

const VERSION = 'v1';
const IV_BYTES = 12;
const TAG_BYTES = 16;

interface Key {
  /** Names the key in what it seals, so that opening tries no other. */
  readonly id: string;
  readonly secret: Buffer;
}

/** Hands text out to clients that nobody but the server can read, change or use for anything else. */
export interface Sealer {
  /** `binding` is authenticated with the text and not stored: it must be the same when it is opened. */
  seal(plain: string, binding: unknown): string;
  /** Undefined for what was not sealed here, for this binding. */
  open(sealed: string, binding: unknown): string | undefined;
}

/** A secret for as long as this process lives, where none is given. */
export const someKey = (): string => randomBytes(32).toString('base64');

/**
 * Seals with AES-256-GCM, by keys that are derived for one purpose from the secrets: the first seals, all open, so that keys can
 * be rotated. Throws `REQUEST_STATE_KEY_TOO_SHORT` for a secret of less than 32 characters.
 */
export function createSealer(secrets: readonly string[], purpose: string): Sealer {
  const keys = secrets.map((secret) => keyOf(secret, purpose));
  const sealing = keys[0] as Key;
  return {
    seal(plain, binding) {
      const iv = randomBytes(IV_BYTES);
      const cipher = createCipheriv('aes-256-gcm', sealing.secret, iv).setAAD(authenticated(sealing, binding));
      const sealed = Buffer.concat([iv, cipher.update(plain, 'utf8'), cipher.final(), cipher.getAuthTag()]);
      return `${VERSION}.${sealing.id}.${sealed.toString('base64url')}`;
    },
    open(text, binding) {
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
        return plain.toString('utf8');
      } catch {
        // Not sealed here, or not for this: whoever sent it learns no more than that.
        return undefined;
      }
    },
  };
}

function keyOf(secret: string, purpose: string): Key {
  if (secret.length < 32) throw PerduraError.of('REQUEST_STATE_KEY_TOO_SHORT', secret.length);
  const derive = (part: string, bytes: number): Buffer =>
    Buffer.from(hkdfSync('sha256', secret, '', `perdura ${purpose} ${VERSION} ${part}`, bytes));
  return { id: derive('kid', 6).toString('base64url'), secret: derive('seal', 32) };
}

const authenticated = (key: Key, binding: unknown): Buffer => Buffer.from(JSON.stringify([VERSION, key.id, binding]));
