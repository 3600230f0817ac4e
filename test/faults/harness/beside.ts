/** Does `act` while `meanwhile` goes on, which is told when to stop; comes to its end when both have. */
export async function beside<T>(
  meanwhile: (goesOn: () => boolean) => Promise<void>,
  act: () => Promise<T>,
): Promise<T> {
  let isOver = false;
  const going = meanwhile(() => !isOver);
  // Whatever fails in it fails the whole, and at once.
  const failed = going.then(() => new Promise<never>(() => undefined));
  try {
    return await Promise.race([act(), failed]);
  } finally {
    isOver = true;
    await going;
  }
}
