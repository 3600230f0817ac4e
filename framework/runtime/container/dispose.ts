type Closer = () => unknown;

/** Closes things one after the other, in the order given; those that cannot be closed are left alone. */
export async function dispose(things: readonly unknown[]): Promise<void> {
  const failures: unknown[] = [];
  for (const thing of things) {
    try {
      await closerOf(thing)?.();
    } catch (error) {
      // The rest must be closed all the same.
      failures.push(error);
    }
  }
  if (failures.length === 1) throw failures[0];
  if (failures.length > 1) throw new AggregateError(failures, 'Several dependencies could not be closed.');
}

function closerOf(thing: unknown): Closer | undefined {
  if (typeof thing !== 'object' || thing === null) return undefined;
  const members = thing as Record<PropertyKey, unknown>;
  const close = members[Symbol.asyncDispose] ?? members[Symbol.dispose] ?? members['dispose'];
  return typeof close === 'function' ? () => (close as Closer).call(thing) : undefined;
}
