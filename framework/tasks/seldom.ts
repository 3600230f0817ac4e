/** How often the same trouble is told, in milliseconds. */
const INTERVAL = 10_000;

/** Passes on the first error and then one every `interval` ms: one outage is one piece of news. */
export function seldom(report: (error: unknown) => void, interval = INTERVAL): (error: unknown) => void {
  let last = -Infinity;
  return (error) => {
    const now = performance.now();
    if (now - last < interval) return;
    last = now;
    report(error);
  };
}
