import type { Readable, Writable } from 'node:stream';
import { atMost } from '../../runtime/at-most.js';
import type { App } from '../app.js';
import { checkAwaited } from '../check-awaited.js';
import { milliseconds as ms } from '../../metadata/duration.js';
import type { Duration } from '../../metadata/options.js';
import { lineReader } from './line-reader.js';
import { takeStdout } from './stdout-guard.js';
import { StdioConnection } from './connection.js';

/** How an app is served over a pair of streams. */
export interface StdioOptions {
  /**
   * Streams to use in place of the process's own, such as those of a socket: the framing is the same (2026-07-28
   * `basic/transports`, "Custom Transports"). One app may serve many pairs, so it stays open, and the process is left
   * alone: its output, its signals and its end.
   */
  readonly streams?: { readonly input: Readable; readonly output: Writable };
  /** The most bytes of one message. A longer one ends the connection. Default 10 MiB. */
  readonly maxLineBytes?: number;
  /**
   * For how long a 2025-11-25 client may say nothing before it is asked for a sign of life (`ping`). After two pings in a row without
   * an answer the connection ends. Default false, never: a client that has gone has closed its end, and one that stands still in a
   * debugger must find its server again.
   */
  readonly pingInterval?: Duration | false;
  /** How long the answer to a ping may take. Default `'30s'`. */
  readonly pingTimeout?: Duration;
}

/** An app that is being served over a pair of streams. */
export interface StdioServer {
  /** Resolves when the connection has ended; on the process's own streams the app is closed then, and the process ends. */
  readonly closed: Promise<void>;
  /** Stops: reads nothing more, gives what is being served a second, and aborts the rest. Idempotent. */
  close(): Promise<void>;
}

/** Of the two seconds in which a client expects the process to end, for what is still being served. */
const GRACE = 1_000;
const DEADLINE = 1_900;

/** Bytes that may wait for the client. From half of that on, a client that does not read gets to send no more either. */
const BUDGET = 8 * 1024 * 1024;

/**
 * Serves an app on standard input and output, both revisions at once. Call it once and early: from then on whatever else
 * the process prints goes to standard error. The process ends with code 0 within two seconds of the end of its input, of
 * SIGTERM or of SIGINT, and with code 1 and a line on standard error when the client breaks a limit.
 */
export function serveStdio(app: App, options: StdioOptions = {}): StdioServer {
  checkAwaited(app);
  const { streams, maxLineBytes = 10 * 1024 * 1024, pingInterval = false, pingTimeout = '30s' } = options;
  const { input, output } = streams ?? { input: process.stdin, output: process.stdout };
  const stdout = streams ? undefined : takeStdout();
  const write = stdout?.write ?? output.write.bind(output);
  let ended: () => void;
  const closed = new Promise<void>((resolve) => (ended = resolve));
  let stopping: Promise<void> | undefined;

  // Calls that arrived together are mostly answered together: what one turn of the event loop has to say is one system call.
  let isGathering = false;
  const gather = (): void => {
    if (isGathering) return;
    isGathering = true;
    output.cork();
    process.nextTick(() => {
      isGathering = false;
      output.uncork();
    });
  };
  const connection = new StdioConnection(app, {
    write: (body) => {
      if (!output.writable) return;
      gather();
      write(`${body}\n`);
      if (output.writableLength > BUDGET / 2 && !input.isPaused()) {
        input.pause();
        output.once('drain', () => stopping ?? input.resume());
      }
    },
    waiting: () => output.writableLength,
    onDrain: (listener) => void output.once('drain', listener),
    overflow: () => abused('the client does not read what it is sent.'),
    budget: BUDGET,
    pings: pingInterval === false ? undefined : { interval: ms(pingInterval), timeout: ms(pingTimeout) },
    gone: () => abused('the client does not answer pings.'),
  });
  const read = lineReader(maxLineBytes, (line) => connection.receive(line));
  const onData = (chunk: Buffer): void => {
    if (!read(chunk)) abused(`a message is longer than ${maxLineBytes} bytes.`);
  };
  const onEnd = (): void => void (stopping ??= stop(0));
  const abused = (reason: string): void => {
    if (!stopping && !streams) process.stderr.write(`perdura: connection ended, ${reason}\n`);
    stopping ??= stop(1);
  };

  const stop = async (code: 0 | 1): Promise<void> => {
    input.off('data', onData).pause();
    await atMost(DEADLINE, wind(code)).catch((error: unknown) => app.report(error, 'close'));
    process.off('SIGTERM', onEnd).off('SIGINT', onEnd);
    stdout?.release();
    ended();
    // Whatever still holds the process must not keep the client waiting for its end.
    if (streams) output.end();
    else process.exit(code);
  };
  const wind = async (code: 0 | 1): Promise<void> => {
    if (!streams) app.protocol.close();
    await connection.running.settled(code === 0 ? GRACE : 0);
    connection.close();
    await Promise.all([new Promise<unknown>((resolve) => write('', resolve)), streams ? undefined : app.close()]);
  };

  // A socket that is destroyed here has no end and no error.
  input.on('data', onData).once('end', onEnd).once('error', onEnd).once('close', onEnd);
  // The client has gone; without a listener the broken pipe would end the process with an error.
  output.on('error', onEnd);
  if (!streams) process.once('SIGTERM', onEnd).once('SIGINT', onEnd);
  return {
    closed,
    close: () => {
      onEnd();
      return closed;
    },
  };
}
