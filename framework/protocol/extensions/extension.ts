import type { Awaitable } from '../../metadata/class.js';
import type { SchemaSource } from '../../metadata/options.js';
import type { Client } from '../../runtime/context.js';
import type { Principal } from '../../runtime/principal.js';
import type { Json, Revision, Tool } from '../../spec.js';

/**
 * An extension of the protocol (SEP-2133; 2026-07-28 `basic/versioning`, extension negotiation). It is declared in
 * `capabilities.extensions[id]`, in `server/discover` and in the answer to `initialize`.
 */
export interface Extension {
  /** A prefix of your own and a name, as keys of `_meta` are written: `com.example/audit`. */
  readonly id: string;
  /** What the extension says of itself in the capabilities. Default `{}`: supported, with nothing to say. */
  readonly settings?: Readonly<Record<string, Json>>;
  /** The revisions that it is served on. Default: both. */
  readonly revisions?: readonly Revision[];
  /**
   * Whether its methods are for clients alone that declare the extension too. Who does not is answered -32021 on 2026-07-28
   * and -32601 on 2025-11-25, which has no such code. Default false.
   */
  readonly clientMustDeclare?: boolean;
  /** What clients are shown that cannot use it. Default: the same as all. */
  readonly fallback?: ExtensionFallback;
  /** Its request methods by name, such as `audit/list`. Names of the specification's own are refused at the start. */
  readonly methods?: Readonly<Record<string, ExtensionMethod>>;
  /** The names of the notifications that its methods may send, such as `notifications/audit/found`. */
  readonly notifications?: readonly string[];
}

/** How `tools/list` falls back to the core protocol for clients that cannot use an {@link Extension}. */
export interface ExtensionFallback {
  /** Whether a client can that declared the extension with these settings. Default: whoever declares it can. */
  isUsable?(declared: Readonly<Record<string, unknown>>): boolean;
  /** A tool as the other clients see it; undefined where they do not see it. Asked when lists are made, not for each request. */
  tool(tool: Tool): Tool | undefined;
}

/** One request method of an {@link Extension}. Interceptors wrap calls of the catalog and not these: check `principal`. */
export interface ExtensionMethod<P = unknown> {
  /** The shape of `params`, without their `_meta`. What does not fit is answered -32602. Default: any object. */
  readonly params?: SchemaSource<P>;
  /** The member of `params` that the header `Mcp-Name` repeats on 2026-07-28 over HTTP. Default: none. */
  readonly namedBy?: string;
  /**
   * Answers the request with the members of its result. Throw `ProtocolError` to refuse it; the message of any other error
   * stays in the server. On 2026-07-28 `resultType` is `'complete'` where the result names no other.
   */
  // A method, so that a handler of checked params can stand among handlers of others.
  serve(params: P, request: ExtensionRequest): Awaitable<Readonly<Record<string, unknown>>>;
}

/** What a method of an extension is told of its request. */
export interface ExtensionRequest {
  readonly revision: Revision;
  readonly principal: Principal;
  readonly client: Client;
  /** What the client declared for the extension; undefined where it did not declare it. */
  readonly declared: Readonly<Record<string, unknown>> | undefined;
  /** Aborts where the client no longer waits. */
  readonly signal: AbortSignal;
  /**
   * Sends one of the extension's notifications ahead of the result, on the request's own stream.
   *
   * @throws PerduraError `UNDECLARED_NOTIFICATION` for a name that the extension does not list
   */
  notify(method: string, params?: Readonly<Record<string, unknown>>): void;
}
