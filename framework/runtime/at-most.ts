/** Resolves when the promise does, and after so many milliseconds at the latest. */
export async function atMost(milliseconds: number, done: Promise<unknown>): Promise<void> {
  let limit: NodeJS.Timeout | undefined;
  const late = new Promise<void>((resolve) => (limit = setTimeout(resolve, milliseconds)));
  await Promise.race([done, late]).finally(() => clearTimeout(limit));
}
