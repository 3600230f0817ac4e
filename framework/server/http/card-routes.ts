import { createHash } from 'node:crypto';
import type { Implementation } from '../../spec.js';
import type { HttpSettings } from './options.js';
import type { InboundRequest, OutboundResponse } from '../http-port.js';
import { type ServerCard, serverCard } from '../identity/server-card.js';

const MEDIA_TYPE = 'application/mcp-server-card+json';
/** Where servers put their cards before the SEP settled on a place next to the endpoint, and where some clients still look. */
const ALIAS = '/.well-known/mcp/server-card.json';
const CATALOG = '/.well-known/ai-catalog.json';

/** Answers a path. */
export type Answer = (request: InboundRequest, response: OutboundResponse) => void;

/** The paths of the server card, and of the catalog where that is wanted; none without a public URL. */
export function cardRoutes(
  identity: Implementation,
  { path, publicUrl, card: options, authenticate, authorization }: HttpSettings,
): ReadonlyMap<string, Answer> {
  if (!publicUrl || options === false) return new Map();
  const card = serverCard(identity, publicUrl, {
    ...options,
    authenticated: authenticate !== undefined || authorization !== undefined,
  });
  const route = documentRoute(card, MEDIA_TYPE);
  const routes = new Map([
    [`${path === '/' ? '' : path}/server-card`, route],
    [ALIAS, route],
  ]);
  if (options.catalog) routes.set(CATALOG, documentRoute(catalogOf(card, publicUrl), 'application/json'));
  return routes;
}

function catalogOf({ name, title }: ServerCard, { href, hostname }: URL): object {
  const short = name.slice(name.indexOf('/') + 1);
  return {
    specVersion: '1.0',
    entries: [
      {
        identifier: `urn:air:${hostname}:mcp:${short}`,
        displayName: title ?? short,
        type: MEDIA_TYPE,
        url: `${href.replace(/\/$/, '')}/server-card`,
      },
    ],
  };
}

/** A public document that never changes while the server runs: for anybody, pages included, and for caches. */
export function documentRoute(document: object, mediaType: string): Answer {
  const body = JSON.stringify(document);
  const etag = `"${createHash('sha256').update(body).digest('base64url')}"`;
  const shared = {
    'access-control-allow-origin': '*',
    'access-control-allow-methods': 'GET',
    'access-control-allow-headers': 'Content-Type, If-None-Match',
    'access-control-expose-headers': 'ETag',
    'cache-control': 'public, max-age=3600',
    'x-content-type-options': 'nosniff',
  };
  return ({ method, headers }, response) => {
    if (method === 'OPTIONS') response.writeHead(204, { ...shared, allow: 'GET, HEAD, OPTIONS' });
    else if (method !== 'GET' && method !== 'HEAD') response.writeHead(405, { ...shared, allow: 'GET, HEAD, OPTIONS' });
    else if (names(headers['if-none-match'], etag)) response.writeHead(304, { ...shared, etag });
    else {
      const length = String(Buffer.byteLength(body));
      response.writeHead(200, { ...shared, etag, 'content-type': mediaType, 'content-length': length });
      return void (method === 'GET' ? response.end(body) : response.end());
    }
    response.end();
  };
}

/** Weakly, as RFC 9110 (13.1.2) compares here. */
function names(header: string | undefined, etag: string): boolean {
  return header?.split(',').some((one) => ['*', etag, `W/${etag}`].includes(one.trim())) ?? false;
}
