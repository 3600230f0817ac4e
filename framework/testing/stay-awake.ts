import type { App } from '../server/app.js';

/** How often it is looked whether the app is still there. */
const LOOK = 1_000;

/**
 * Keeps the process alive until the promise is settled, or the app is closed and nobody will settle it. A task in memory waits for
 * timers that keep no process, so that a script, or a test runner that ends with its event loop (`node --test`), would be
 * over before the task is.
 */
export async function stayAwake<T>(app: Pick<App, 'ready'>, promise: Promise<T>): Promise<T> {
  const hold = setInterval(() => {
    const letGo = (): void => clearInterval(hold);
    app.ready().then((isReady) => isReady || letGo(), letGo);
  }, LOOK);
  try {
    return await promise;
  } finally {
    clearInterval(hold);
  }
}
