import { appendFileSync, readFileSync, writeFileSync } from 'node:fs';

/** One effect on the world outside: what a step did, and what it knew of the steps before it. */
export interface Effect {
  readonly taskId: string;
  readonly step: number;
  /** Unique to this run of the effect; also the step's result, so that every later effect tells which run was recorded. */
  readonly nonce: string;
  /** The results of the steps before, as this run was given them. */
  readonly seen: readonly string[];
  readonly pid: number;
}

/** That an effect ran, or that the store has taken its record; under the key that it has in the journal. */
export interface Mark {
  readonly taskId: string;
  readonly key: string;
  readonly what: 'ran' | 'recorded';
}

/** An append-only file of what happened. A line that was written outlives a SIGKILL of its writer. */
export class Ledger<T extends { readonly taskId: string } = Effect> {
  constructor(readonly file: string) {}

  static create<T extends { readonly taskId: string } = Effect>(file: string): Ledger<T> {
    writeFileSync(file, '');
    return new Ledger(file);
  }

  write(entry: T): void {
    appendFileSync(this.file, `${JSON.stringify(entry)}\n`);
  }

  /** Every entry in the order in which it happened, by task. */
  read(): Map<string, T[]> {
    const tasks = new Map<string, T[]>();
    // What stands after the last line break is being written at this moment.
    const lines = readFileSync(this.file, 'utf8').split('\n').slice(0, -1);
    for (const line of lines) {
      const entry = JSON.parse(line) as T;
      const entries = tasks.get(entry.taskId) ?? [];
      tasks.set(entry.taskId, entries);
      entries.push(entry);
    }
    return tasks;
  }
}

/** Where the marks are that belong to a ledger of effects. */
export const marksBeside = (ledger: string): string => `${ledger}.marks`;
