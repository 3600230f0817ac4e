import { sanitiseText } from '../../runtime/results/sanitise.js';
import type { RequestId } from '../../spec.js';
import type { Incoming } from './incoming.js';
import type { JsonRpcNotification } from './json-rpc.js';

/** The most of a client's reason that is kept, in characters. */
const LONGEST_REASON = 500;

const UNTRACKED = (): void => {};

/** The requests that are in progress on channels which carry many: `notifications/cancelled` names them by id. */
export class Cancellations {
  /** Of each request its id, which a client that reuses one gives to several. */
  readonly #running = new WeakMap<object, Map<(why: string) => void, RequestId>>();

  /** Remembers how to cancel a request; returns what forgets it. Requests with a connection of their own need none of this. */
  track({ id, exchange: { channel } }: Incoming, cancel: (why: string) => void): () => void {
    if (!channel) return UNTRACKED;
    let running = this.#running.get(channel);
    if (!running) this.#running.set(channel, (running = new Map()));
    running.set(cancel, id);
    return () => void running.delete(cancel);
  }

  /** Unknown and finished requests are ignored, and so is everything that is no cancellation. */
  receive({ method, params }: JsonRpcNotification, channel: object): void {
    if (method !== 'notifications/cancelled') return;
    for (const [cancel, id] of this.#running.get(channel) ?? [])
      if (id === params?.['requestId']) cancel(whyCancelled(params));
  }
}

/** What a handler finds as the reason of its signal: in the client's words, where it has any. */
export function whyCancelled(params: JsonRpcNotification['params']): string {
  const reason = params?.['reason'];
  if (typeof reason !== 'string' || reason === '') return 'The client cancelled the call.';
  return `The client cancelled the call: ${sanitiseText(reason.slice(0, LONGEST_REASON))}`;
}
