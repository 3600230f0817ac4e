import { PerduraError } from '../../errors.js';
import type { App } from '../app.js';
import { PAGES_PATH } from '../pages/app-pages.js';
import { overlaps } from '../check-routes.js';
import { type Answer, cardRoutes, documentRoute } from './card-routes.js';
import type { HttpSettings } from './options.js';
import { servePage } from './page-route.js';
import { serveRoute } from './plugin-route.js';

/**
 * All that a server answers beside its endpoint, by path: documents about it, the pages of `ctx.elicitUrl`, and what plugins add.
 *
 * @throws PerduraError `ROUTE_TAKEN` where a plugin would take the place of something that the server answers itself
 */
export function answers(app: App, settings: HttpSettings): (path: string) => Answer | undefined {
  const { authorization, health, path: endpoint } = settings;
  const metadata = authorization && documentRoute(authorization.document, 'application/json');
  const documents = new Map([
    ...cardRoutes(app.identity, settings),
    ...(authorization?.paths ?? []).flatMap((at) => (metadata ? [[at, metadata] as const] : [])),
  ]);
  const { pages, routes = [] } = app;
  const probes = health === undefined ? [] : [`${health}/live`, `${health}/ready`];
  // At the root the endpoint is that one path alone.
  const own = [...(endpoint === '/' ? [] : [endpoint]), ...probes, ...documents.keys(), ...(pages ? [PAGES_PATH] : [])];
  for (const { plugin, path } of routes) {
    const taken = own.find((one) => overlaps(one, path));
    if (taken !== undefined) throw PerduraError.of('ROUTE_TAKEN', plugin, path, `${taken} of the server`);
  }

  const below: (readonly [string, Answer])[] = routes.map((route) => [
    `${route.path}/`,
    (request, response) => void serveRoute(route, { app, settings, request, response }),
  ]);
  if (pages) below.push([PAGES_PATH, (request, response) => void servePage(app, pages, request, response)]);
  return (path) => documents.get(path) ?? below.find(([at]) => `${path}/`.startsWith(at))?.[1];
}
