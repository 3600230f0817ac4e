import { randomUUID } from 'node:crypto';
import type { App, Route } from '../app.js';
import { hostName, isLoopback } from '../host-names.js';
import type { InboundRequest, OutboundResponse } from '../http-port.js';
import { drain, readBody } from './body.js';
import { writeRefusal } from './exchange.js';
import type { HttpSettings } from './options.js';
import { COMMON_HEADERS, REFUSAL, type Refusal } from './refusals.js';

interface Visit {
  readonly app: App;
  readonly settings: Pick<HttpSettings, 'maxBodyBytes' | 'publicUrl'>;
  readonly request: InboundRequest;
  readonly response: OutboundResponse;
}

/** What proxies say of themselves and of whom they speak for. */
const FORWARDED = /^(via|forwarded|x-forwarded-.+|x-real-ip|(true-)?client-ip|cf-connecting-ip)$/;

/** Methods that a `Request` cannot have. */
const FORBIDDEN = /^(connect|trace|track)$/i;

/** Has a plugin answer a request, as the Fetch standard has both. */
export async function serveRoute({ answer }: Route, { app, settings, request, response }: Visit): Promise<void> {
  const refuse = (refusal: Refusal): void => {
    writeRefusal(response, refusal);
    drain(request, settings.maxBodyBytes);
  };
  try {
    const { method = 'GET', headers } = request;
    if (headers.origin !== undefined && !isOwn(headers.origin, request, settings)) return refuse(REFUSAL.origin);
    if (FORBIDDEN.test(method)) return refuse(REFUSAL.method);
    const isRead = method === 'GET' || method === 'HEAD';
    const body = isRead ? Buffer.alloc(0) : await bodyOf(request, settings.maxBodyBytes);
    if (!body) return refuse(REFUSAL.tooLarge);
    const asked = new Request(urlOf(request, settings), {
      method,
      headers: headersOf(request),
      ...(!isRead && { body }),
    });
    await write(await answer(asked, { app, isLocal: isLocal(request, settings) }), response);
  } catch (error) {
    const reference = randomUUID();
    app.report(error, reference);
    // Half of an answer is no answer.
    if (response.headersSent) return void response.destroy();
    response.writeHead(500, ['content-type', 'text/plain; charset=utf-8', ...COMMON_HEADERS]);
    response.end(`Something went wrong (reference ${reference}).\n`);
  }
}

const bodyOf = (request: InboundRequest, limit: number): Promise<Buffer | undefined> =>
  new Promise((resolve) => readBody(request, limit, resolve));

/** What this server is called by whoever sent the request. */
const originOf = ({ headers }: InboundRequest, { publicUrl }: Visit['settings']): string =>
  publicUrl?.origin ?? `http://${headers.host}`;

/** Whatever host a client names that takes us for a proxy: the guards know that of the header alone. */
function urlOf(request: InboundRequest, settings: Visit['settings']): URL {
  const origin = originOf(request, settings);
  const { pathname, search } = new URL(request.originalUrl ?? request.url ?? '/', origin);
  return Object.assign(new URL(origin), { pathname, search });
}

/** A page of the server's own. Its scheme is not looked at: a proxy may have taken TLS off. */
function isOwn(origin: string, { headers }: InboundRequest, { publicUrl }: Visit['settings']): boolean {
  return URL.canParse(origin) && (new URL(origin).host === headers.host || origin === publicUrl?.origin);
}

function isLocal({ headers, socket }: InboundRequest, { publicUrl }: Visit['settings']): boolean {
  const isHere = (address = ''): boolean => isLoopback(address.replace(/^::ffff:/, ''));
  return (
    publicUrl === undefined &&
    isHere(socket?.remoteAddress) &&
    isHere(socket?.localAddress) &&
    isHere(hostName(headers.host ?? '')?.name) &&
    !Object.keys(headers).some((name) => FORWARDED.test(name))
  );
}

function headersOf({ headers }: InboundRequest): Headers {
  const all = new Headers();
  for (const [name, value] of Object.entries(headers)) {
    for (const one of Array.isArray(value) ? value : [value]) if (one !== undefined) all.append(name, one);
  }
  return all;
}

async function write(reply: Response, response: OutboundResponse): Promise<void> {
  const reader = reply.body?.getReader();
  const stop = (): void => void reader?.cancel().catch(() => undefined);
  // Somebody in front may have answered meanwhile, as a time limit does.
  if (response.headersSent || response.destroyed) return stop();
  let goOn = (): void => undefined;
  response.once('close', () => {
    stop();
    goOn();
  });
  response.writeHead(reply.status, [...reply.headers].flat());
  for (let read = await reader?.read(); read && !read.done; read = await reader?.read()) {
    if (response.write(read.value as Uint8Array)) continue;
    await new Promise<void>((resolve) => {
      goOn = resolve;
      response.once('drain', resolve);
    });
  }
  response.end();
}
