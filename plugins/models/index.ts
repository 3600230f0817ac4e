/** `perdura/plugins/models`: what can be put around any model, so that it holds under load. */
export type { Buckets, Draw, Drawn } from './buckets.js';
export { limit, type LimitOptions } from './limit.js';
export { redisBuckets } from './redis-buckets.js';
export { retry, type RetryOptions } from './retry.js';
