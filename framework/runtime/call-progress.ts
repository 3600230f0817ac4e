import type { Channel } from './call.js';

/** The data of a log message of the logger `perdura.agent`, one for each model turn. */
export interface AgentEvent {
  readonly agent: string;
  /** Counted from 1. */
  readonly turn: number;
  /** Names of the tools that the turn asked for, in its order. */
  readonly toolCalls: readonly string[];
}

/** What watchers of a call are told, by its author and by its agents. */
export class CallProgress {
  private author?: { readonly progress: number; readonly total?: number; readonly message?: string };
  private turns = 0;

  constructor(private readonly channel: Channel) {}

  report(progress: number, total?: number, message?: string): void {
    this.author = { progress, ...(total !== undefined && { total }), ...(message !== undefined && { message }) };
    this.channel.progress(progress, total, message);
  }

  /**
   * Tells of a turn in the log and as progress. Where the author reports progress, theirs stays and the turn only adds to its
   * message: a task shows that, while a request's own stream, whose progress must grow, leaves it out.
   */
  agentTurn(event: AgentEvent, replayed: boolean): void {
    // Turns that were recorded are counted and not told again, so that the count goes on where it was.
    this.turns++;
    if (replayed) return;
    this.channel.log('info', event, 'perdura.agent');
    const { progress, total, message } = this.author ?? { progress: this.turns };
    const turn = describe(event);
    this.channel.progress(progress, total, message === undefined ? turn : `${message} (${turn})`);
  }
}

function describe({ agent, turn, toolCalls }: AgentEvent): string {
  return `${agent}: turn ${turn}${toolCalls.length === 0 ? '' : `, calls ${toolCalls.join(', ')}`}`;
}
