import { type Duration, milliseconds, PerduraError } from 'perdura';
import type { Exchange } from './exchange.js';
import type { RequestSettings } from './chat-request.js';

/** What of the options says where and how to ask. */
export interface EndpointOptions {
  /** Sent as a bearer token; a function is asked before each request. Without it no `authorization` is sent. */
  readonly apiKey?: string | (() => string | Promise<string>) | undefined;
  /** Where `chat/completions` lies. Default `'https://api.openai.com/v1'`. */
  readonly baseUrl?: string | undefined;
  /** More headers, such as those of a gateway. Their values are kept out of errors like the key. */
  readonly headers?: Readonly<Record<string, string>>;
  /** More members of the request's body, such as `{ reasoning_effort: 'low' }`; they win over those made from the request. */
  readonly body?: Readonly<Record<string, unknown>>;
  /** Whether the answer comes in pieces, which watchers of the call see as progress. Default true. */
  readonly stream?: boolean;
  /** The member of the body that limits an answer's tokens. Default `'max_completion_tokens'` at api.openai.com, else `'max_tokens'`. */
  readonly tokenLimit?: RequestSettings['tokenLimit'];
  /** The most time that one answer may take. Default `'10m'`. */
  readonly timeout?: Duration;
  /** The most time without a byte of the answer. Default `'5m'`, since models that think say nothing meanwhile. */
  readonly idleTimeout?: Duration;
  /** The most bytes of an answer as it comes over the wire. Default 16 MiB. */
  readonly answerBytes?: number;
  /** Default: that of the runtime. */
  readonly fetch?: typeof fetch;
}

/** What is the same for all requests. */
export interface Endpoint
  extends Omit<RequestSettings, 'model'>, Pick<Exchange, 'url' | 'timeout' | 'idleTimeout' | 'answerBytes' | 'fetch'> {
  credentials(): Promise<Pick<Exchange, 'headers' | 'redact'>>;
}

const OPENAI = 'https://api.openai.com/v1';
const MEBIBYTE = 1024 * 1024;
/** Shorter values are no secrets, and would be found in any text. */
const SHORTEST_SECRET = 6;

/** @throws PerduraError `INVALID_MODEL_OPTION`, `INVALID_DURATION` */
export function endpointOf({ apiKey, headers = {}, ...options }: EndpointOptions): Endpoint {
  const url = completionsUrl(options.baseUrl ?? OPENAI);
  if (apiKey === '') throw PerduraError.of('INVALID_MODEL_OPTION', 'apiKey', 'empty', 'a key, or leave it out');
  const { answerBytes = 16 * MEBIBYTE } = options;
  if (!(answerBytes >= 1)) {
    throw PerduraError.of('INVALID_MODEL_OPTION', 'answerBytes', String(answerBytes), 'a number of bytes from 1 on');
  }
  return {
    url,
    stream: options.stream ?? true,
    tokenLimit: options.tokenLimit ?? (url.hostname === 'api.openai.com' ? 'max_completion_tokens' : 'max_tokens'),
    body: options.body ?? {},
    timeout: milliseconds(options.timeout ?? '10m'),
    idleTimeout: milliseconds(options.idleTimeout ?? '5m'),
    answerBytes,
    fetch: options.fetch ?? fetch,
    async credentials() {
      const key = typeof apiKey === 'function' ? await apiKey() : apiKey;
      const secrets = [...(key === undefined ? [] : [key]), ...Object.values(headers)];
      return {
        headers: sendable({
          'content-type': 'application/json',
          accept: 'text/event-stream, application/json',
          ...(key !== undefined && { authorization: `Bearer ${key}` }),
          ...headers,
        }),
        redact: (text) =>
          secrets
            .filter(({ length }) => length >= SHORTEST_SECRET)
            .reduce((clean, secret) => clean.replaceAll(secret, '[redacted]'), text),
      };
    },
  };
}

/** The same headers. What cannot be sent is found here, since the error of `fetch` would spell the key out. */
function sendable(headers: Readonly<Record<string, string>>): Readonly<Record<string, string>> {
  try {
    new Headers(headers);
    return headers;
  } catch {
    const expected = 'text that a header may have: visible ASCII characters in one line';
    throw PerduraError.of('INVALID_MODEL_OPTION', 'apiKey or headers', 'what was given', expected);
  }
}

function completionsUrl(baseUrl: string): URL {
  const expected = 'an http(s) URL without a user or password, such as "http://127.0.0.1:11434/v1"';
  const url = URL.canParse(baseUrl) ? new URL(baseUrl) : undefined;
  if (!url || !/^https?:$/.test(url.protocol) || url.username !== '' || url.password !== '') {
    // What was given is not repeated: there may be a password in it.
    throw PerduraError.of('INVALID_MODEL_OPTION', 'baseUrl', 'what was given', expected);
  }
  // A query stays: some gateways have their version in it.
  url.pathname = `${url.pathname.replace(/\/+$/, '')}/chat/completions`;
  return url;
}
