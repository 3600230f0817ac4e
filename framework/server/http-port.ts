import type { IncomingHttpHeaders } from 'node:http';

/** The head of an HTTP request, as `authenticate` is given it wherever the app is mounted. */
export interface HttpRequest {
  readonly method?: string | undefined;
  /** The path with its query, or the whole URL. */
  readonly url?: string | undefined;
  /** By lower-case name, as Node has them. */
  readonly headers: IncomingHttpHeaders;
}

/**
 * What the endpoint needs of a request. Node's `IncomingMessage` has it all, and is handed in as it is; `FetchRequest` has it of a
 * fetch `Request`.
 */
export interface InboundRequest extends HttpRequest {
  /** Names and values in turns. */
  readonly rawHeaders: readonly string[];
  /** Whether the whole body has arrived. */
  readonly complete: boolean;
  /** Whether somebody has read of the body, and whether to its end. */
  readonly readableDidRead: boolean;
  readonly readableEnded: boolean;
  /** Where it comes from, and at which address of this machine it came in; absent where the server does not tell. */
  readonly socket?: {
    readonly remoteAddress?: string | undefined;
    readonly localAddress?: string | undefined;
    readonly destroyed?: boolean;
  };
  /** What a body parser in front of the endpoint left in place of the body that it read. */
  readonly body?: unknown;
  /** The target as it was sent, where a router in front of the endpoint cut it. */
  readonly originalUrl?: string;
  on(event: 'data', listener: (chunk: Buffer) => void): unknown;
  on(event: 'end', listener: () => void): unknown;
  destroy(): unknown;
}

/** What the endpoint needs of a response: Node's `ServerResponse` has it all, and `FetchResponse` for a fetch `Response`. */
export interface OutboundResponse {
  readonly headersSent: boolean;
  readonly writableEnded: boolean;
  /** Bytes that were written and that nobody has taken yet. */
  readonly writableLength: number;
  /** The connection is gone, or the whole answer with it. */
  readonly destroyed: boolean;
  /** What of its connection tells whether its reader takes anything. Node's tells by itself where nothing was for so many milliseconds. */
  readonly socket: {
    readonly bytesWritten: number;
    readonly writableLength: number;
    readonly timeout?: number | undefined;
    setTimeout?(milliseconds: number, listener?: () => void): unknown;
    off?(event: 'timeout', listener: () => void): unknown;
  } | null;
  setHeader(name: string, value: string): unknown;
  writeHead(status: number, headers: string[] | Record<string, string>): unknown;
  flushHeaders(): void;
  write(chunk: string | Uint8Array): boolean;
  end(chunk?: string): unknown;
  once(event: 'close' | 'drain', listener: () => void): unknown;
  destroy(): unknown;
}
