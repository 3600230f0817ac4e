/** The errors of the Redis store, in the manner of the framework's table: a code and a sentence that ends with the fix. */
const ERRORS = {
  STORE_UNAVAILABLE: (reason: string) =>
    `The task store cannot be reached (${reason}). Try again in a few seconds; if it lasts, check that Redis runs and that its URL is right.`,
  STORE_VALUE_TOO_LARGE: (what: string, bytes: number, limit: number) =>
    `${what} takes ${bytes} bytes in the task store; the limit is ${limit}. Keep large data elsewhere and put a reference in its place.`,
  STORE_PREFIX_INVALID: (prefix: string) =>
    `The Redis prefix ${JSON.stringify(prefix)} cannot stand in a key. Use 1 to 64 characters of A-Z a-z 0-9 _ - . and the colon.`,
  REDIS_UNSAFE: (problems: readonly string[]) =>
    `This Redis would lose tasks: ${problems.join('; ')}. Change its configuration, or accept the loss with tasks: { redis: { url, allowUnsafe: true } }.`,
} as const;

export type StoreErrorCode = keyof typeof ERRORS;

/** Match on `code`. Where `retryAfter` is set, the same call may succeed after that many seconds. */
export class StoreError extends Error {
  override readonly name = 'PerduraError';
  private constructor(
    readonly code: StoreErrorCode,
    message: string,
    readonly retryAfter: number | undefined,
    cause: unknown,
  ) {
    super(message, cause === undefined ? undefined : { cause });
  }

  static of<C extends StoreErrorCode>(code: C, ...facts: Parameters<(typeof ERRORS)[C]>): StoreError {
    const sentence = ERRORS[code] as (...facts: Parameters<(typeof ERRORS)[C]>) => string;
    return new StoreError(code, sentence(...facts), undefined, undefined);
  }

  /** Redis is away, too slow, or cannot take writes now. Its own words stay in `cause`, which no client sees. */
  static unavailable(reason: string, cause: unknown): StoreError {
    return new StoreError('STORE_UNAVAILABLE', ERRORS.STORE_UNAVAILABLE(reason), 2, cause);
  }
}
