import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';

/** How to start the research server. */
export interface ServerCommand {
  readonly command: string;
  readonly args: string[];
  readonly cwd: string;
}

/** A server that listens on a port of this machine. */
export interface RunningServer {
  readonly url: URL;
  stop(): Promise<void>;
}

/** The command line of the research server, over stdio or HTTP. */
export function serverCommand(options: { readonly stdio: boolean; readonly library?: string }): ServerCommand {
  const server = fileURLToPath(new URL('../server.ts', import.meta.url));
  return {
    command: process.execPath,
    args: [
      ...['--import', '@swc-node/register/esm-register', server],
      ...(options.stdio ? ['--stdio'] : []),
      ...(options.library === undefined ? [] : ['--library', options.library]),
    ],
    cwd: fileURLToPath(new URL('../../../', import.meta.url)),
  };
}

/** Starts the server on a free port and waits until it says where it is. What it writes to stderr goes to `onLine`. */
export async function startHttpServer(command: ServerCommand, onLine: (line: string) => void): Promise<RunningServer> {
  const child = spawn(command.command, command.args, { cwd: command.cwd, stdio: ['ignore', 'pipe', 'pipe'] });
  const stop = (): Promise<void> => terminate(child);
  // Whatever ends this process must not leave the server behind.
  process.once('exit', () => child.kill('SIGKILL'));
  let last = '';
  createInterface({ input: child.stderr }).on('line', (line) => {
    last = line;
    onLine(line);
  });
  const lines = createInterface({ input: child.stdout });
  const url = await Promise.race([
    once(lines, 'line').then(([line]) => String(line)),
    once(child, 'exit').then(([code]) => {
      throw new Error(`The server stopped with code ${String(code)} before it was ready: ${last}`);
    }),
  ]);
  return { url: new URL(url), stop };
}

async function terminate(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const gone = once(child, 'exit');
  child.kill('SIGTERM');
  const impatient = setTimeout(() => child.kill('SIGKILL'), 3_000);
  await gone;
  clearTimeout(impatient);
}
