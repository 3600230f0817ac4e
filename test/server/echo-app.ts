import { resultAnswer } from '../../framework/protocol/messages/answer.js';
import type { Answer, Exchange } from '../../framework/protocol/messages/exchange.js';
import type {
  JsonRpcNotification,
  JsonRpcRequest,
  JsonRpcResponse,
} from '../../framework/protocol/messages/json-rpc.js';
import type { Protocol, Session, SessionState } from '../../framework/protocol/protocol.js';
import type { Principal } from '../../framework/runtime/principal.js';
import type { App } from '../../framework/server/app.js';

/** What a transport needs of an app, and what reached it. */
export interface EchoApp extends App {
  /** Served requests, closed exchanges, received messages and the rest, in order. */
  readonly seen: string[];
  readonly reported: unknown[];
  /** The sessions' ways to send what belongs to no request, the newest last. */
  readonly sinks: (((message: JsonRpcNotification) => void) | undefined)[];
  /** Ends what `wait` started. */
  release(): void;
}

const INITIALIZED = JSON.stringify({
  protocolVersion: '2025-11-25',
  capabilities: {},
  serverInfo: { name: 'echo', version: '1.0.0' },
});

/** What `talk` is asked to say. */
interface Talk {
  readonly count?: number;
  /** Bytes of each message. */
  readonly size?: number;
  readonly method?: string;
  /** Waits for the client to go before it answers. */
  readonly hold?: boolean;
}

/**
 * An app whose protocol does what the method's name says: `echo`, `later`, `talk` (as many notifications as `params.count`),
 * `wait` (until the client goes or `release`), `stay` (until `release` alone), `throw`, `reject`. It lets the transports be tested for what they do alone.
 */
export function echoApp(): EchoApp {
  const seen: string[] = [];
  const reported: unknown[] = [];
  const sinks: EchoApp['sinks'] = [];
  const waiting = new Set<() => void>();

  const serve = (request: JsonRpcRequest, exchange: Exchange): Answer | Promise<Answer> => {
    seen.push(`serve ${request.method}`);
    const answer = resultAnswer(request.id, JSON.stringify({ params: request.params ?? null }));
    switch (request.method) {
      case 'later':
        return Promise.resolve(answer);
      case 'talk': {
        const { count = 1, size = 0, method = 'notifications/progress', hold = false } = (request.params ?? {}) as Talk;
        const closed = new Promise<void>((resolve) => exchange.onClose(resolve)).then(
          () => void seen.push('closed talk'),
        );
        return (async () => {
          for (let progress = 1; progress <= count; progress++) {
            const params = { progressToken: 1, progress, message: 'x'.repeat(size) };
            exchange.send({ jsonrpc: '2.0', method, params });
            if (progress % 64 === 0) await new Promise(setImmediate);
          }
          seen.push('said');
          if (hold) await closed;
          return resultAnswer(request.id, '{"done":true}');
        })();
      }
      case 'subscriptions/listen':
      case 'stay':
      case 'wait':
        return new Promise((resolve) => {
          const _meta = { 'io.modelcontextprotocol/subscriptionId': request.id };
          const ended = resultAnswer(request.id, JSON.stringify({ resultType: 'complete', _meta }));
          const end = (how: string) => () => {
            seen.push(`${how} ${request.method}`);
            waiting.delete(release);
            resolve(ended);
          };
          const release = end('released');
          waiting.add(release);
          if (request.method !== 'stay') exchange.onClose(end('closed'));
          if (request.params?.['stream'] === true)
            exchange.send({ jsonrpc: '2.0', method: 'notifications/tools/list_changed', params: { _meta } });
        });
      case 'throw':
        throw new Error('secret in /srv/app.js');
      case 'reject':
        return Promise.reject(new Error('secret in /srv/app.js'));
      default:
        return answer;
    }
  };

  const openSession = (principal: Principal, state: SessionState): Session => ({
    principal,
    state,
    serve,
    receive: (message: JsonRpcNotification | JsonRpcResponse) =>
      void seen.push(`receive ${'method' in message ? message.method : 'response'}`),
    renew: () => undefined,
    setLogLevel: () => undefined,
    remember: () => undefined,
    attach: (send) => void sinks.push(send),
    ping: () => Promise.resolve(true),
    close: () => void seen.push('session closed'),
  });

  const protocol: Protocol = {
    serve,
    initialize: (request, { principal }) => {
      seen.push('initialize');
      const client = { info: { name: 'test', version: '1.0.0' }, capabilities: {} };
      const session = openSession(principal, { protocolVersion: '2025-11-25', client });
      return { answer: resultAnswer(request.id, INITIALIZED), session };
    },
    restore: (state, { principal }) => openSession(principal, state),
    receive: (notification) => void seen.push(`stateless ${notification.method}`),
    close: () => void seen.push('protocol closed'),
  };

  return {
    identity: { name: 'echo', version: '1.0.0' },
    catalog: { tools: new Map(), resources: new Map(), templates: [], prompts: new Map() } as unknown as App['catalog'],
    protocol,
    seen,
    reported,
    sinks,
    report: (error: unknown) => void reported.push(error),
    close: () => {
      seen.push('app closed');
      return Promise.resolve();
    },
    release: () => {
      for (const end of [...waiting]) end();
    },
  } as Partial<EchoApp> as EchoApp;
}
