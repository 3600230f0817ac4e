import type { Client } from '../../runtime/context.js';
import type { RequestId } from '../../spec.js';
import type { Wishes } from './channel.js';
import type { Answer, Exchange } from './exchange.js';

/** A request whose envelope has been checked, as the methods of both revisions see it. */
export interface Incoming extends Wishes {
  readonly id: RequestId;
  readonly method: string;
  readonly params: Readonly<Record<string, unknown>>;
  readonly exchange: Exchange;
  readonly client: Client;
}

/** Serves one method; throws `ProtocolError` to refuse. */
export type Method<I extends Incoming = Incoming> = (incoming: I) => Answer | Promise<Answer>;

export type MethodTable<I extends Incoming = Incoming> = ReadonlyMap<string, Method<I>>;
