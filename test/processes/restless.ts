import { type ChildProcess, spawn, type StdioOptions } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import type { Readable, Writable } from 'node:stream';
import { until } from '../fixtures/until.js';

const ROOT = join(__dirname, '../..');
/** What a process is started with, each time compiled anew. */
export const argumentsOf = (file: string): readonly string[] => [
  ...['--import', '@swc-node/register/esm-register'],
  join(ROOT, 'test/fixtures', file),
];
/** A start takes long on a machine that does other things too. */
export const STARTS = 60_000;

/** A process, and what it has said. */
export class Child {
  readonly process: ChildProcess;
  out = '';
  err = '';
  readonly #ended: Promise<[number | null, NodeJS.Signals | null]>;

  constructor(args: readonly string[], stdio: StdioOptions = 'pipe') {
    this.process = spawn(process.execPath, args, { cwd: ROOT, stdio });
    this.process.stdout?.on('data', (chunk: Buffer) => (this.out += chunk.toString()));
    this.process.stderr?.on('data', (chunk: Buffer) => (this.err += chunk.toString()));
    this.process.stdin?.on('error', () => undefined);
    this.#ended = once(this.process, 'exit') as Promise<[number | null, NodeJS.Signals | null]>;
  }

  /** Resolves when the process is there: `<what>` stands on its standard error then. */
  at(what: string): Promise<void> {
    return until(() => this.err.includes(`<${what}>`), STARTS);
  }

  tell(...messages: readonly (object | string | Buffer)[]): void {
    const input = this.process.stdin as Writable;
    for (const message of messages) {
      if (typeof message === 'string' || Buffer.isBuffer(message)) input.write(message);
      else input.write(`${JSON.stringify(message)}\n`);
    }
  }

  get messages(): readonly Record<string, any>[] {
    return this.out
      .split('\n')
      .slice(0, -1)
      .map((line) => JSON.parse(line) as Record<string, any>);
  }

  /** Its exit code, or the signal that ended it. */
  async ended(): Promise<number | NodeJS.Signals | null> {
    const [code, signal] = await this.#ended;
    return code ?? signal;
  }
}

/** Starts the server over pipes, tells it `lines` and reads nothing of what it says. */
const PARENT = `
  const { spawn } = require('node:child_process');
  const [args, lines] = JSON.parse(process.argv[1]);
  const child = spawn(process.execPath, args, { stdio: ['pipe', 'pipe', 'inherit', 3] });
  for (const line of lines) child.stdin.write(line + '\\n');
  setInterval(() => undefined, 60000);
`;

/** A stdio server and the process that started it. `gone` holds when both are, which the server's parent could not tell. */
export function familyOf(file: string, messages: readonly object[]): { readonly parent: Child; gone(): boolean } {
  const given = JSON.stringify([argumentsOf(file), messages.map((message) => JSON.stringify(message))]);
  const parent = new Child(['-e', PARENT, given], ['ignore', 'ignore', 'pipe', 'pipe']);
  let isGone = false;
  // Both hold the other end of it.
  (parent.process.stdio[3] as Readable).resume().once('close', () => (isGone = true));
  return { parent, gone: () => isGone };
}
