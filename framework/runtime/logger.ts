import type { LoggingLevel } from '../spec.js';
import type { Channel } from './call.js';
import type { Logger } from './context.js';

/** A logger that writes to the call's channel. */
export function createLogger(channel: Channel): Logger {
  const at = (level: LoggingLevel) => (data: unknown, logger?: string) => channel.log(level, data, logger);
  return {
    debug: at('debug'),
    info: at('info'),
    notice: at('notice'),
    warning: at('warning'),
    error: at('error'),
    critical: at('critical'),
    alert: at('alert'),
    emergency: at('emergency'),
  };
}
