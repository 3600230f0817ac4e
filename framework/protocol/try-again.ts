/** For how long what a store that is away could not take is kept, in milliseconds. */
const KEPT = 300_000;

/** How much of that is kept at a time, of all clients together: each may be as large as a message. */
const MOST_KEPT = 100;

let kept = 0;

/**
 * Does what a store that is away (an error with `retryAfter`) cannot take now again and again, for some minutes. The promise is the first
 * try's: whoever hears that it failed may as well do it once more, so `act` must come to the same twice. Other errors go to `report`, and
 * so does what is given up after `keptFor` milliseconds.
 */
export async function tryAgain(
  act: () => Promise<void>,
  report: (error: unknown) => void,
  keptFor = KEPT,
): Promise<void> {
  const end = performance.now() + keptFor;
  const again = (error: unknown): void => {
    if (!isAway(error) || performance.now() > end || kept >= MOST_KEPT) return report(error);
    kept++;
    setTimeout(() => {
      kept--;
      void act().catch(again);
    }, 1000 * error.retryAfter).unref();
  };
  try {
    await act();
  } catch (error) {
    again(error);
    if (isAway(error)) throw error;
  }
}

const isAway = (error: unknown): error is { readonly retryAfter: number } =>
  typeof (error as { readonly retryAfter?: unknown }).retryAfter === 'number';
