/** `perdura/http`: an app over Streamable HTTP. */
export { serveHttp, type CloseOptions, type HttpServer } from './server/serve-http.js';
export { httpHandler, type HttpHandler } from './server/http-handler.js';
export type { HttpOptions, SessionLimits } from './server/http-options.js';
