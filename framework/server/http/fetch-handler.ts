import type { App } from '../app.js';
import { FetchRequest } from './fetch-request.js';
import { FetchResponse } from './fetch-response.js';
import { GRACE, listener } from './handler.js';
import { type FetchOptions, mountSettings } from './options.js';

/** Answers one fetch `Request` after the other, with an end. */
export interface FetchHandler {
  /**
   * Never rejects. `body` is what stands in place of a body that somebody has read already: its text, its bytes or the value
   * that its JSON is.
   */
  (request: Request, body?: unknown): Promise<Response>;
  /**
   * Answers what comes from now on with 503, gives what is being served up to 10 s, then ends the sessions. Leaves the app
   * open. Idempotent.
   */
  close(): Promise<void>;
}

/**
 * Serves an app to anything that answers fetch requests: Hono, Bun, Deno and others. All guards of `serveHttp` are on. Since
 * nothing tells it who can reach the server that it is mounted in, it wants to be told: its names (`publicUrl` or
 * `allowedHosts`), and who calls (`authenticate`, or `allowUnauthenticated`).
 *
 * @throws PerduraError `INVALID_HTTP_OPTION`, `UNSAFE_MOUNT`, `UNAUTHENTICATED_MOUNT`
 */
export function fetchHandler(app: App, options: FetchOptions): FetchHandler {
  const { serve, endpoint } = listener(app, mountSettings(options));
  const handle = (request: Request, body?: unknown): Promise<Response> => {
    const answer = new FetchResponse(request.signal);
    serve(new FetchRequest(request, body, () => answer.destroy()), answer);
    return answer.response;
  };
  return Object.assign(handle, { close: () => endpoint.close(GRACE) });
}
