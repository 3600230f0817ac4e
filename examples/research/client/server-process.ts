import { fileURLToPath } from 'node:url';
import type { Command } from './child.js';

/** What of the research server a process is. */
export interface ServerRole {
  readonly role: 'http' | 'stdio' | 'worker';
  /** The folder to research. */
  readonly library?: string;
  /** Whether it shows its tasks. */
  readonly look?: boolean;
  /** The Redis that its processes share, and the file that the first of them leaves the library's index in. */
  readonly shared?: { readonly redis: string; readonly prefix: string; readonly index: string };
}

/** The command line of the research server. */
export function serverCommand({ role, library, look = false, shared }: ServerRole): Command {
  const server = fileURLToPath(new URL('../server.ts', import.meta.url));
  return {
    command: process.execPath,
    args: [
      ...['--import', '@swc-node/register/esm-register', server],
      ...(role === 'http' ? [] : [`--${role}`]),
      ...(look ? ['--look'] : []),
      ...(library === undefined ? [] : ['--library', library]),
      ...Object.entries(shared ?? {}).flatMap(([name, value]) => [`--${name}`, value]),
    ],
    cwd: fileURLToPath(new URL('../../../', import.meta.url)),
  };
}
