import { clearLine, cursorTo } from 'node:readline';

/** Shows on stderr where each run stands: one line that changes at a terminal, a line for each that ended elsewhere. */
export class Progress {
  readonly #current = new Map<string, string>();
  #done = 0;

  constructor(
    private readonly total: number,
    private readonly stream: NodeJS.WriteStream = process.stderr,
  ) {}

  scenario(run: string, scenario: string): void {
    this.#done += 1;
    this.#current.set(run, scenario);
    this.#draw();
  }

  ended(run: string, line: string): void {
    this.#current.delete(run);
    this.clear();
    this.stream.write(`${line}\n`);
    this.#draw();
  }

  clear(): void {
    if (!this.stream.isTTY) return;
    clearLine(this.stream, 0);
    cursorTo(this.stream, 0);
  }

  #draw(): void {
    if (!this.stream.isTTY) return;
    const line = `${this.#done} of ${this.total} scenarios: ${[...this.#current.values()].join(', ')}`;
    this.clear();
    this.stream.write(line.slice(0, this.stream.columns - 1));
  }
}
