import type { CreateMessageResult } from '../../spec.js';
import type { TraceKind } from './trace.js';
import type { TurnUsage } from '../budget/usage.js';

/** What is noted of an effect beside its journal entry: what a trace tells and a replay does not need. */
export interface EffectNote {
  readonly kind: TraceKind;
  /** Milliseconds since 1970, on the clock that the call's timers are held to. */
  readonly at: number;
  readonly ms: number;
  readonly failed?: true;
  /** Of a tool, whose key holds the model's id of the call. */
  readonly name?: string;
  readonly model?: string;
  readonly usage?: TurnUsage;
}

/** A line of a trace: something that one task of a family did, and in which activation. */
export interface TraceNote extends Omit<EffectNote, 'ms'> {
  readonly task: string;
  readonly epoch: number;
  /** The key of the effect; empty for the end of the task itself. */
  readonly key: string;
  /** Absent of what has only begun: a question that is asked, a child that is made. */
  readonly ms?: number;
  /** The task that was made. */
  readonly child?: string;
}

/** What an effect's value tells a trace. */
export interface TraceFacts extends Pick<EffectNote, 'name' | 'model' | 'usage'> {
  readonly isError?: boolean;
  /** When it is over, of what is recorded at its beginning. */
  readonly until?: number;
}

const KINDS: readonly (readonly [RegExp, TraceKind])[] = [
  [/^agent:/, 'agent'],
  [/^(turn|sample)$/, 'turn'],
  [/^tool:/, 'tool'],
  [/^task:/, 'task'],
  [/^all$/, 'branch'],
  [/^(elicit|elicitUrl|roots|sleep)$/, 'wait'],
];

/** Bookkeeping of the runtime's, which takes no time. */
const SILENT = /^(now|uuid|started|elicit\.deadline|elicitUrl\.(page|end))$/;

/** What an effect of this name is; undefined where it is not worth a line. */
export function kindOf(name: string): TraceKind | undefined {
  if (SILENT.test(name)) return undefined;
  return KINDS.find(([pattern]) => pattern.test(name))?.[1] ?? 'step';
}

/** What a trace tells of a model's answer. */
function turnFacts(value: unknown): TraceFacts {
  const { model, usage } = value as CreateMessageResult & { readonly usage?: TurnUsage };
  return { model, ...(usage && { usage }) };
}

/** What is noted of an effect that has come to an end. */
export function noteOf(
  name: string,
  at: number,
  { outcome, ms }: Ended,
  facts?: (value: unknown) => TraceFacts,
): EffectNote | undefined {
  const kind = kindOf(name);
  if (kind === undefined) return undefined;
  const failed = 'failure' in outcome;
  const told = facts ?? (kind === 'turn' ? turnFacts : undefined);
  const { until, isError, ...more }: TraceFacts = failed ? {} : (told?.(outcome.value) ?? {});
  const length = Math.max(0, Math.round(until === undefined ? ms : until - at));
  return { kind, at, ms: length, ...((failed || isError) && { failed: true }), ...more };
}

interface Ended {
  readonly outcome: { readonly value?: unknown } | { readonly failure: unknown };
  readonly ms: number;
}
