const RealDate = Date;

/**
 * Sets the wall clock of this process forward (or back, where `ms` is negative), as an administrator or a time service may at
 * any moment. Timers and `performance.now` go on as they do on a real machine: they do not follow the wall clock.
 */
export function shiftClock(ms: number): void {
  const now = (): number => RealDate.now() + ms;
  globalThis.Date = new Proxy(RealDate, {
    construct: (target, args: [], newTarget) =>
      Reflect.construct(target, args.length === 0 ? [now()] : args, newTarget) as Date,
    get: (target, name) => (name === 'now' ? now : (Reflect.get(target, name) as unknown)),
  });
}
