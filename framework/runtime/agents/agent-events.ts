import type { Usage } from '../../metadata/model.js';
import type { AgentStop } from '../context.js';

interface Event {
  /** The call, or the task, in which it happens. */
  readonly callId: string;
  /** Where in the call, unique in it: the key in the journal. What happens inside of it has a key that begins with this and `/`. */
  readonly key: string;
  /** The agent's name. */
  readonly agent: string;
  /** Milliseconds since 1970, by the clock of this process. */
  readonly at: number;
}

interface Ended extends Event {
  /** Whether it comes from the journal: it happened in an earlier run, nothing was asked or called now. */
  readonly replayed: boolean;
  /** Milliseconds from start to end in this process; absent where it was replayed. */
  readonly took?: number;
}

/**
 * What an agent does, as it happens in this process. A turn or tool that is replayed has an end and no start. One that parks,
 * or whose process dies, has a start and no end, and starts again where it goes on.
 */
export type AgentEvent =
  | (Event & { readonly kind: 'agent-started' })
  | (Event & { readonly kind: 'turn-started'; readonly turn: number })
  | (Event & { readonly kind: 'tool-started'; readonly tool: string; readonly useId: string })
  | (Ended & {
      readonly kind: 'turn-ended';
      readonly turn: number;
      /** Absent where the turn failed. */
      readonly model?: string;
      readonly usage?: Usage;
      /** Names of the tools that it asked for. */
      readonly toolCalls: readonly string[];
      readonly failed?: true;
    })
  | (Ended & { readonly kind: 'tool-ended'; readonly tool: string; readonly useId: string; readonly isError: boolean })
  | (Ended & {
      readonly kind: 'agent-ended';
      /** Of the agent and all that it started. */
      readonly usage: Usage;
      readonly turns: number;
      readonly toolCalls: number;
      /** Absent where it failed. */
      readonly stop?: AgentStop;
    });
