import { PerduraError } from '../errors.js';
import type { Route } from './app.js';

const PATH = /^(\/[\w.~-]+)+$/;

/** What is wrong with the paths themselves, wherever the app is served. */
export function wrongRoutes(routes: readonly Route[]): PerduraError[] {
  return routes.flatMap(({ plugin, path }, index) => {
    if (!PATH.test(path)) return [PerduraError.of('INVALID_ROUTE', plugin, String(path))];
    const other = routes.slice(0, index).find((before) => overlaps(before.path, path));
    return other ? [PerduraError.of('ROUTE_TAKEN', plugin, path, `${other.path} of the plugin "${other.plugin}"`)] : [];
  });
}

/** Whether one of two paths is the other, or below it. */
export function overlaps(one: string, other: string): boolean {
  const [a, b] = [one, other].map((path) => path.replace(/\/?$/, '/')) as [string, string];
  return a.startsWith(b) || b.startsWith(a);
}
