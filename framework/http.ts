/** `perdura/http`: an app over Streamable HTTP. */
export { serveHttp, type CloseOptions, type HttpServer } from './server/http/serve-http.js';
export { fetchHandler, type FetchHandler } from './server/http/fetch-handler.js';
export { httpHandler, type HttpHandler } from './server/http/handler.js';
export type { AuthorizationOptions, VerifiedToken } from './server/http/authorization.js';
export { verifiedToken, type TokenClaims } from './server/http/verified-token.js';
export type { FetchOptions, HttpOptions, SessionLimits } from './server/http/options.js';
export type { Repository } from './server/identity/public-identity.js';
export type { CardOptions } from './server/identity/server-card.js';
export type { HttpRequest } from './server/http-port.js';
