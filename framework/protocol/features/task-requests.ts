import { ProtocolError } from '../../errors.js';
import type { TaskRecord } from '../../tasks/task-record.js';
import type { Transition } from '../../tasks/task-store.js';
import type { Incoming } from '../messages/incoming.js';
import { CODE } from '../messages/json-rpc.js';
import { invalidParams } from '../messages/refusal.js';

/** Seconds after which a call that was refused for too many tasks may try again: nobody knows when one ends. */
const RETRY_AFTER = 5;

export function taskIdOf({ params }: Pick<Incoming, 'params'>): string {
  if (typeof params['taskId'] !== 'string') throw invalidParams('"taskId" must be a string.');
  return params['taskId'];
}

/** The task that was created; where none was, because there are too many, says so. */
export function created(transition: Transition<TaskRecord>): TaskRecord {
  if (transition.ok) return transition.value;
  const { reason } = transition;
  const whose = reason === 'quota' ? 'You have' : 'The server has';
  const again = `try again in ${RETRY_AFTER} seconds, or when one of them has ended.`;
  throw new ProtocolError(CODE.internalError, `${whose} too many tasks that have not ended: ${again}`, {
    reason,
    retryAfter: RETRY_AFTER,
  });
}
