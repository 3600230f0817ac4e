/** The longest that a timer of Node's waits, in milliseconds: anything longer would go off at once. */
export const LONGEST_TIMER = 2 ** 31 - 1;

/**
 * Calls back when the clock shows this time, in milliseconds since 1970; where it is past, soon. Returns what takes it back. Keeps no
 * process alive.
 */
export function atTime(time: number, act: () => void): () => void {
  let timer: NodeJS.Timeout;
  const wait = (): void => {
    timer = setTimeout(look, Math.min(Math.max(0, time - Date.now()), LONGEST_TIMER)).unref();
  };
  const look = (): void => (Date.now() < time ? wait() : act());
  wait();
  return () => clearTimeout(timer);
}
