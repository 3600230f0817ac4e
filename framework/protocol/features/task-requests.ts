import { ProtocolError } from '../../errors.js';
import type { TaskRecord } from '../../tasks/task-record.js';
import type { Transition } from '../../tasks/task-store.js';
import { TOO_MANY_RETRY } from '../../tasks/tasks.js';
import type { Incoming } from '../messages/incoming.js';
import { CODE } from '../messages/json-rpc.js';
import { invalidParams } from '../messages/refusal.js';

export function taskIdOf({ params }: Pick<Incoming, 'params'>): string {
  if (typeof params['taskId'] !== 'string') throw invalidParams('"taskId" must be a string.');
  return params['taskId'];
}

/** The task that was created; where none was, because there are too many, says so. */
export function created(transition: Transition<TaskRecord>): TaskRecord {
  if (transition.ok) return transition.value;
  const { reason } = transition;
  const whose = reason === 'quota' ? 'You have' : 'The server has';
  const again = `try again in ${TOO_MANY_RETRY} seconds, or when one of them has ended.`;
  throw new ProtocolError(CODE.internalError, `${whose} too many tasks that have not ended: ${again}`, {
    reason,
    retryAfter: TOO_MANY_RETRY,
  });
}
