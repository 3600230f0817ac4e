import type { Channel } from '../../runtime/call.js';
import type { LoggingLevel, RequestId } from '../../spec.js';
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

/** The way of a channel's messages to the client. */
export interface Outlet {
  readonly send: (message: JsonRpcNotification) => void;
  /** Whether a log message would be sent. Absent: always. */
  readonly hasRoom?: () => boolean;
  readonly closeStream?: () => void;
}

/** Progress and log messages of one request, on its own stream. Silent once the request is over. */
export class RequestChannel implements Channel {
  readonly closeStream: () => void;
  private last = -Infinity;

  constructor(
    private readonly wishes: Wishes,
    private readonly outlet: Outlet,
  ) {
    this.closeStream = outlet.closeStream ?? ((): void => undefined);
  }

  progress(progress: number, total?: number, message?: string): void {
    const { progressToken } = this.wishes;
    // `basic/utilities/progress`: the value MUST increase with each notification.
    if (progressToken === undefined || !Number.isFinite(progress) || progress <= this.last) return;
    this.last = progress;
    this.outlet.send({
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
    // Looked at first: to copy what nobody takes would cost others more than to send it.
    if (this.outlet.hasRoom?.() === false) return;
    const params = { level, data: loggable(data), ...(logger !== undefined && { logger }) };
    this.outlet.send({ jsonrpc: '2.0', method: 'notifications/message', params });
  }
}
