import { inspect } from 'node:util';
import type { Report } from '../runtime/call-failure.js';

/**
 * Tells the app's own `report`, or standard error where it has none. It is called where nobody could catch what it throws: that goes to
 * standard error, with what it was to be told of.
 */
export function reporter(own: Report | undefined): Report {
  if (!own) return reportToStderr;
  return (error, reference) => {
    const failed = (failure: unknown): void => {
      reportToStderr(error, reference);
      reportToStderr(failure, `${reference}, in report`);
    };
    try {
      // Its type promises nothing, and a function that sends errors somewhere is mostly asynchronous.
      const told: unknown = own(error, reference);
      if (told instanceof Promise) told.catch(failed);
    } catch (failure) {
      failed(failure);
    }
  };
}

/** An error that was not thrown but noticed: where in the framework that was helps nobody, so it is told without. */
export function noticed<E extends Error>(error: E): E {
  error.stack = `${error.name}: ${error.message}`;
  return error;
}

function reportToStderr(error: unknown, reference: string): void {
  if (error instanceof Error && error.stack === `${error.name}: ${error.message}`)
    return void process.stderr.write(`perdura: ${error.message}\n`);
  // With its causes: that is where an error that speaks to others keeps what it does not tell them.
  const text = error instanceof Error ? inspect(error) : String(error);
  process.stderr.write(`perdura: error ${reference}\n${text}\n`);
}
