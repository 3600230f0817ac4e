import type { Incoming } from '../messages/incoming.js';
import { isObject } from '../messages/parse-message.js';

/** W3C trace context, version 00 or what a later version keeps of it. */
const TRACEPARENT = /^(?!ff)[0-9a-f]{2}-(?!0{32})[0-9a-f]{32}-(?!0{16})[0-9a-f]{16}-[0-9a-f]{2}$/;

/** The trace that a request belongs to: by its `_meta`, else by its HTTP header; what is none is left out. */
export function traceOf({ params, exchange }: Pick<Incoming, 'params' | 'exchange'>): {
  readonly traceparent?: string;
} {
  const meta = params['_meta'];
  const given = (isObject(meta) ? meta['traceparent'] : undefined) ?? exchange.headers?.['traceparent'];
  return typeof given === 'string' && TRACEPARENT.test(given) ? { traceparent: given } : {};
}
