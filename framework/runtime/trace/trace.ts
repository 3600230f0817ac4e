import type { Usage } from '../../metadata/model.js';
import type { TaskStatus } from '../../spec.js';

/** What a span of a trace is of. `branch` is one item of `ctx.all`; `wait` a question, a timer or the client's roots. */
export type TraceKind = 'task' | 'agent' | 'turn' | 'tool' | 'step' | 'wait' | 'branch';

/** Something that a call did, and what it did inside of that. Names, numbers and times: never arguments, answers or results. */
export interface TraceSpan {
  readonly kind: TraceKind;
  readonly name: string;
  /** Its place in its task: the key of the journal. */
  readonly key: string;
  /** Milliseconds since 1970, by the store's clock for a task. An agent begins with the first thing that it has done. */
  readonly start: number;
  /** Milliseconds; absent of what goes on. */
  readonly duration?: number;
  /** Whether the latest activation had it from the journal: it was not asked, called or run again. */
  readonly replayed: boolean;
  readonly failed?: true;
  /** Of a turn: the model that took it. */
  readonly model?: string;
  /** What its model turns used, all inside of it added up; absent where none told. */
  readonly usage?: Usage & {
    /** Some of the tokens are a guess, because a model did not tell. */
    readonly estimated?: true;
  };
  /** Model turns inside of it, and itself where it is one. */
  readonly turns: number;
  readonly spans: readonly TraceSpan[];
}

/** All that a call or a task did, its child tasks included, in the order of time. */
export interface Trace extends Omit<TraceSpan, 'key' | 'replayed'> {
  readonly kind: 'task';
  /** The task's id, or the call's. */
  readonly taskId: string;
  readonly status: TaskStatus;
  /** How many times its handler was started: more than one where it parked, was retried, or lost its worker. */
  readonly activations: number;
}
