/**
 * What is left of a value on its way through JSON, as between a task and its child: dates are texts, sets are lists, methods are
 * gone.
 */
export type JsonOf<T> = 0 extends 1 & T
  ? T
  : T extends { toJSON(): infer J }
    ? J
    : T extends ReadonlySet<infer E>
      ? readonly JsonOf<E>[]
      : T extends readonly unknown[]
        ? { [K in keyof T]: JsonOf<T[K]> }
        : T extends object
          ? { [K in keyof T as T[K] extends (...args: never) => unknown ? never : K]: JsonOf<T[K]> }
          : T;
