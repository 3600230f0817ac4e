import type { Call, Interceptor } from './call.js';

/** Runs a call. */
export type Invoke = (call: Call) => unknown;

/** Wraps `handler` in the interceptors, the first outermost. Without any it stays as it is: a call then makes no closure. */
export function compose(interceptors: readonly Interceptor[], handler: Invoke): Invoke {
  return interceptors.reduceRight<Invoke>(
    (inner, interceptor) => (call) => interceptor(call, async () => inner(call)),
    handler,
  );
}
