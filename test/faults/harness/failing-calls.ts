import { Redis } from 'ioredis';

/** A call to Redis that fails, by its number from now on: it is not sent at all, or done and its answer lost. */
export interface CallFault {
  readonly call: number;
  readonly when: 'before' | 'after';
}

type Command = Parameters<Redis['sendCommand']>[0];

/** What connections say on their own, and what only waits: nothing that a task depends on. */
const CHORES = new Set(['info', 'client', 'hello', 'auth', 'select', 'ping', 'quit', 'subscribe', 'bzpopmin']);

let fault: CallFault | undefined;
let calls = 0;
const seen = new WeakSet<Command>();
const send = Redis.prototype.sendCommand;

Redis.prototype.sendCommand = function (command, stream) {
  // What waited for a connection comes by twice.
  if (fault && !CHORES.has(command.name) && !seen.has(command)) {
    seen.add(command);
    calls += 1;
    const error = new Error('Connection is closed.');
    if (calls === fault.call && fault.when === 'before') {
      command.reject(error);
      return command.promise;
    }
    if (calls === fault.call) command.resolve = () => command.reject(error);
  }
  return send.call(this, command, stream);
};

/** Makes one of the calls that this process makes from now on fail; none after `undefined`. Tells how many there were since the last time. */
export function failCall(next?: CallFault): number {
  const before = calls;
  fault = next;
  calls = 0;
  return before;
}
