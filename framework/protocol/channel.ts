import type { Channel } from '../runtime/call.js';
import type { LoggingLevel, RequestId } from '../spec.js';
import type { JsonRpcNotification } from './json-rpc.js';
import { loggable } from './loggable.js';
import { isAtLeast } from './logging.js';

/** What a client asked to be told while its request runs. */
export interface Wishes {
  /** Absent: no progress is sent. */
  readonly progressToken?: RequestId;
  /** Absent: no log message is sent. */
  readonly logLevel?: LoggingLevel;
}

/** Progress and log messages of one request, on its own stream. Silent once the request is over. */
export class RequestChannel implements Channel {
  private last = -Infinity;

  constructor(
    private readonly wishes: Wishes,
    private readonly send: (message: JsonRpcNotification) => void,
    readonly closeStream: () => void = () => undefined,
  ) {}

  progress(progress: number, total?: number, message?: string): void {
    const { progressToken } = this.wishes;
    // `basic/utilities/progress`: the value MUST increase with each notification.
    if (progressToken === undefined || !Number.isFinite(progress) || progress <= this.last) return;
    this.last = progress;
    this.send({
      jsonrpc: '2.0',
      method: 'notifications/progress',
      params: {
        progressToken,
        progress,
        ...(Number.isFinite(total) && { total }),
        ...(message !== undefined && { message }),
      },
    });
  }

  log(level: LoggingLevel, data: unknown, logger?: string): void {
    const { logLevel } = this.wishes;
    if (logLevel === undefined || !isAtLeast(level, logLevel)) return;
    const params = { level, data: loggable(data), ...(logger !== undefined && { logger }) };
    this.send({ jsonrpc: '2.0', method: 'notifications/message', params });
  }
}
