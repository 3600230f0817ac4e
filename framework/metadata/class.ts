/** A class that can be constructed; the parameters are the container's business. */
// eslint-disable-next-line @typescript-eslint/no-explicit-any -- a constructor's parameters are contravariant: only `any` accepts every class
export type Class<T extends object = object> = new (...args: any[]) => T;

/** Either a value or a promise of it. */
export type Awaitable<T> = T | Promise<T>;
