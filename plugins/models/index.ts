/** `perdura/plugins/models`: what can be put around any model, so that it holds under load; and what providers are made of. */
export type { Buckets, Draw, Drawn } from './buckets.js';
export { limit, type LimitOptions } from './limit.js';
export { redisBuckets } from './redis-buckets.js';
export { retry, type RetryOptions } from './retry.js';

export { blockText } from './block-text.js';
export { priced, type Price } from './price.js';
export { retryAfter } from './retry-after.js';
export { providerToolName, toolsByProviderName } from './tool-names.js';
