import type { Channel } from './call.js';

/** The data of a log message of the logger `perdura.agent`, one for each model turn. */
export interface TurnTold {
  readonly agent: string;
  /** Counted from 1. */
  readonly turn: number;
  /** Names of the tools that the turn asked for, in its order. */
  readonly toolCalls: readonly string[];
}

// Milliseconds, and characters.
const BETWEEN_TEXTS = 1000;
const SHOWN = 80;

/** What watchers of a call are told, by its author and by its agents. */
export class CallProgress {
  private author?: { readonly progress: number; readonly total?: number; readonly message?: string };
  private turns = 0;
  private pieces = 0;
  private text = '';
  private toldAt = -Infinity;

  constructor(private readonly channel: Channel) {}

  report(progress: number, total?: number, message?: string): void {
    this.author = { progress, ...(total !== undefined && { total }), ...(message !== undefined && { message }) };
    this.channel.progress(progress, total, message);
  }

  /**
   * Tells of a turn in the log and as progress. Where the author reports progress, theirs stays and the turn only adds to its
   * message: a task shows that, while a request's own stream, whose progress must grow, leaves it out.
   */
  agentTurn(event: TurnTold, replayed: boolean): void {
    // Turns that were recorded are counted and not told again, so that the count goes on where it was.
    this.turns++;
    this.pieces = 0;
    this.text = '';
    if (replayed) return;
    this.channel.log('info', event, 'perdura.agent');
    this.tell(describe(event), this.turns);
  }

  /** Shows the end of what a model has written of its answer so far, about once a second. */
  agentText({ agent, turn }: Pick<TurnTold, 'agent' | 'turn'>, piece: string): void {
    this.text = (this.text + piece).slice(-SHOWN);
    const now = performance.now();
    if (now - this.toldAt < BETWEEN_TEXTS) return;
    this.toldAt = now;
    this.pieces++;
    // It grows with every piece, and stays below what the turn comes to.
    const progress = this.turns + 1 - 1 / (this.pieces + 1);
    this.tell(`${agent}: turn ${turn}, writes ${JSON.stringify(this.text)}`, progress);
  }

  private tell(what: string, own: number): void {
    const { progress, total, message } = this.author ?? { progress: own };
    this.channel.progress(progress, total, message === undefined ? what : `${message} (${what})`);
  }
}

function describe({ agent, turn, toolCalls }: TurnTold): string {
  return `${agent}: turn ${turn}${toolCalls.length === 0 ? '' : `, calls ${toolCalls.join(', ')}`}`;
}
