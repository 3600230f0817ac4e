import { printable } from './printable.js';
import type { Turn } from './transcript.js';

interface Branch {
  readonly agent: string;
  readonly topic: string;
  readonly lines: string[];
}

/** Shows what happens as it happens: a tree that redraws itself on a terminal, a line for each event elsewhere. */
export class ProgressView {
  private readonly started = performance.now();
  private readonly branches: Branch[] = [];
  private status = '';
  private noted = '';
  private drawn = 0;

  constructor(private readonly out: NodeJS.WriteStream) {}

  /** What the server, or the client on its behalf, is doing now. */
  say(text: string): void {
    const status = printable(text);
    if (status === this.status) return;
    this.status = status;
    this.show(status);
  }

  /** What happens to the server's processes. */
  note(text: string): void {
    this.noted = `${this.elapsed()} ${printable(text)}`;
    this.show(printable(text));
  }

  turn({ agent, topic: raw, number, calls, answer }: Turn): void {
    const topic = printable(raw);
    let branch = this.branches.find((known) => known.agent === agent);
    if (branch === undefined) this.branches.push((branch = { agent, topic, lines: [] }));
    const what = printable(calls.length > 0 ? calls.join(', ') : answer).replaceAll('\n', ' ');
    branch.lines.push(`${this.elapsed()} turn ${number}: ${what}`);
    this.show(`${agent}, turn ${number}: ${what}`);
  }

  /** Leaves what was drawn on the screen and goes below it. */
  end(): void {
    if (this.out.isTTY && this.drawn > 0) this.out.write('\n');
    this.drawn = 0;
  }

  private show(event: string): void {
    if (!this.out.isTTY) {
      this.out.write(`${this.elapsed()} ${event}\n`);
      return;
    }
    const lines = this.tree().map((line) => line.slice(0, (this.out.columns || 80) - 1));
    // Up to where the last drawing began, and clear from there.
    const back = this.drawn > 1 ? `\u001B[${this.drawn - 1}A` : '';
    this.out.write(`${back}\r\u001B[0J${lines.join('\n')}`);
    this.drawn = lines.length;
  }

  private tree(): string[] {
    const branches = this.branches.flatMap(({ agent, topic, lines }, index) => {
      const last = index === this.branches.length - 1;
      const twigs = lines.map((line, at) => `${last ? ' ' : '│'}  ${at === lines.length - 1 ? '└' : '├'} ${line}`);
      return [`${last ? '└' : '├'} ${agent}: ${topic}`, ...twigs];
    });
    // A tree taller than the screen cannot be redrawn in place: its top is left out.
    const room = Math.max(4, (this.out.rows || 24) - 3);
    return [`${this.elapsed()} ${this.status}`, ...(this.noted === '' ? [] : [this.noted]), ...branches.slice(-room)];
  }

  private elapsed(): string {
    return `${((performance.now() - this.started) / 1_000).toFixed(1).padStart(5)}s`;
  }
}
