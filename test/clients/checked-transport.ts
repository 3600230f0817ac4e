import { type Revision, validate } from '../schema-check.js';

interface Message {
  readonly id?: string | number;
  readonly method?: string;
}

interface Transport {
  send: (message: never, options?: never) => Promise<void>;
  onmessage?: (message: never, extra?: never) => void;
}

const wrong: unknown[] = [];

/** Holds everything that crosses a foreign client's transport against the official schemas. */
export function checked<T extends Transport>(transport: T, revision: Revision): T {
  const methods = new Map<unknown, string>();
  const check = (direction: 'sent' | 'received', message: Message): void => {
    // Whoever asks with an id is answered under it.
    if (message.method !== undefined && message.id !== undefined) methods.set(message.id, message.method);
    const issues = validate(revision, direction, message, methods.get(message.id));
    if (issues.length > 0) wrong.push({ direction, message, issues });
  };
  const send = transport.send.bind(transport) as (message: unknown, options: unknown) => Promise<void>;
  transport.send = (message: Message | readonly Message[], options?: unknown) => {
    for (const one of Array.isArray(message) ? (message as Message[]) : [message as Message]) check('sent', one);
    return send(message, options);
  };
  let listener: ((message: unknown, extra: unknown) => void) | undefined;
  Object.defineProperty(transport, 'onmessage', {
    get: () => listener,
    set: (next?: typeof listener) => {
      listener =
        next &&
        ((message, extra) => {
          check('received', message as Message);
          next(message, extra);
        });
    },
  });
  return transport;
}

afterEach(() => expect(wrong.splice(0)).toEqual([]));
