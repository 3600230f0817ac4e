import { ERRORS } from './error-table.js';

/** A code of the error table. */
export type ErrorCode = keyof typeof ERRORS;

/** The facts that a code's sentence names. */
export type ErrorFacts<C extends ErrorCode> = Parameters<(typeof ERRORS)[C]>;

/** After how many seconds the same call may succeed: always as many, or as many as one of the error's facts says. */
const RETRY_AFTER: Partial<Record<ErrorCode, number | { readonly fact: number }>> = {
  STORE_UNAVAILABLE: 2,
  STORE_FULL: 5,
  MODEL_UNAVAILABLE: { fact: 2 },
  TOO_MANY_TASKS: { fact: 2 },
};

/** An error of the framework's own. Match on `code`, never on the message or with `instanceof`. */
export class PerduraError extends Error {
  override readonly name = 'PerduraError';
  /** Where it is set, the same call may succeed after that many seconds. */
  declare readonly retryAfter: number | undefined;

  static {
    // Bundlers rename a class that names itself, and Node would print that name.
    Object.defineProperty(this, 'name', { value: 'PerduraError' });
  }

  private constructor(
    readonly code: ErrorCode,
    message: string,
    /** What the message names, in the order of the table's parameters. */
    readonly facts: readonly unknown[],
    cause?: unknown,
  ) {
    super(message, cause === undefined ? undefined : { cause });
    const after = RETRY_AFTER[code];
    const retryAfter = typeof after === 'object' ? (facts[after.fact] as number | undefined) : after;
    if (retryAfter !== undefined) this.retryAfter = retryAfter;
  }

  static of<C extends ErrorCode>(code: C, ...facts: ErrorFacts<C>): PerduraError {
    return PerduraError.from(undefined, code, ...facts);
  }

  /** With the error that led to it as `cause`, which no client sees. */
  static from<C extends ErrorCode>(cause: unknown, code: C, ...facts: ErrorFacts<C>): PerduraError {
    const sentence = ERRORS[code] as (...facts: ErrorFacts<C>) => string;
    return new PerduraError(code, sentence(...facts), facts, cause);
  }

  /** The same error, its message opening with the place where it was met. */
  at(place: string): PerduraError {
    return new PerduraError(this.code, `${place}: ${this.message}`, this.facts, this.cause);
  }
}

/** Thrown by `createApp`: every mistake that a start can find, all at once. */
export class BootError extends Error {
  override readonly name = 'BootError';
  /** One error for each mistake, in the order in which the message lists them. */
  declare readonly mistakes: readonly PerduraError[];

  constructor(found: readonly PerduraError[]) {
    // A class may be met in several places: what is wrong with it is told once.
    const mistakes = [...new Map(found.map((mistake) => [`${mistake.code} ${mistake.message}`, mistake])).values()];
    super(
      `${mistakes.length} mistake${mistakes.length === 1 ? '' : 's'} in the app:\n` +
        mistakes.map(({ code, message }) => `- ${code}: ${message}`).join('\n'),
    );
    // The message says them all: whoever prints the error need not see each of them again, with a stack.
    Object.defineProperty(this, 'mistakes', { value: mistakes });
  }
}

/**
 * An error whose message is meant for the model: it becomes a tool result with `isError: true`
 * (SEP-1303). The message of any other error never leaves the server.
 */
export class ToolError extends Error {
  override readonly name: string = 'ToolError';
}

export { InsufficientScope, isProtocolError, ProtocolError } from './protocol-error.js';
