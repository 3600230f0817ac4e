import type { CallToolResult } from '../spec.js';
import type { TaskOutcome, TaskRecord } from './task-record.js';

/** A task that ended because its ttl was over is kept this much longer, for its client to read why. */
export const EXPIRED_RETENTION = 60_000;

/** What an ended task's record holds, and that it holds nothing it no longer needs. */
export function endOf(record: TaskRecord, outcome: TaskOutcome, now: number): Partial<TaskRecord> {
  // A ttl that was promised is never shortened, only lengthened where the end came late in it.
  const ttl = Math.max(record.ttl, record.resultTtl === undefined ? 0 : now + record.resultTtl - record.createdAt);
  const expiry = record.createdAt + ttl;
  return {
    // How a revision shows a result with `isError` is the wire's to say: the outcome is kept as it was.
    status: outcome.kind === 'result' ? 'completed' : outcome.kind === 'error' ? 'failed' : 'cancelled',
    statusMessage: messageOf(outcome),
    outcome,
    ttl,
    args: null,
    run: 'done',
    open: {},
    answers: {},
    asked: undefined,
    expired: undefined,
    due: expiry > now ? expiry : now + EXPIRED_RETENTION,
  };
}

function messageOf(outcome: TaskOutcome): string | undefined {
  if (outcome.kind === 'cancelled') return 'The task was cancelled by request.';
  if (outcome.kind === 'error') return outcome.error.message;
  return outcome.result.isError === true ? firstText(outcome.result) : undefined;
}

const firstText = ({ content }: CallToolResult): string =>
  content.find((block) => block.type === 'text')?.text.slice(0, 500) ?? 'The result is an error.';
