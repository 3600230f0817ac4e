import { kindOf, type TraceNote } from './trace-note.js';
import type { Trace, TraceKind, TraceSpan } from './trace.js';
import { addUsage, type TurnUsage } from '../budget/usage.js';

/** The call or task that a trace is of. */
export type Traced = Pick<Trace, 'taskId' | 'name' | 'status' | 'activations' | 'start' | 'duration' | 'failed'>;

interface Draft {
  readonly path: string;
  kind: TraceKind;
  name: string;
  start: number;
  end?: number | undefined;
  epoch: number;
  failed?: true;
  child?: string;
  model?: string;
  usage?: TurnUsage;
  readonly inside: Map<string, Draft>;
}

/** Puts the notes of a task and of all below it together to a tree. Notes may be missing, or come in any order. */
export function buildTrace(traced: Traced, notes: readonly TraceNote[]): Trace {
  const byTask = new Map<string, TraceNote[]>();
  for (const note of notes) {
    const own = byTask.get(note.task);
    if (own) own.push(note);
    else byTask.set(note.task, [note]);
  }
  const spans = spansOf(traced.taskId, byTask, traced.activations);
  return { kind: 'task', ...traced, ...sumOf(spans), spans };
}

function spansOf(task: string, byTask: ReadonlyMap<string, readonly TraceNote[]>, latest?: number): TraceSpan[] {
  const notes = byTask.get(task) ?? [];
  const top: Draft = { path: '', kind: 'task', name: '', start: 0, epoch: 0, inside: new Map() };
  for (const note of notes) if (note.key !== '') tell(place(top, note.key), note);
  const epoch = latest ?? Math.max(0, ...notes.map((note) => note.epoch));
  return finished(top, epoch, byTask);
}

/** What the runtime itself asks on account of an effect: beside it in the journal, inside of it in a trace. Names have no `#`. */
const ASIDE = /(?<=#\d+)~(approval|again\.\d+|context|\d{1,6})$/;

/** The draft of a key; what it stands in is drafted with it. */
function place(top: Draft, key: string): Draft {
  let at = top;
  for (let end = key.indexOf('/'); ; end = key.indexOf('/', end + 1)) {
    const path = end < 0 ? key : key.slice(0, end).replace(ASIDE, '');
    let inner = at.inside.get(path);
    if (!inner) {
      const name = nameOf(path.slice(path.lastIndexOf('/') + 1));
      inner = { path, kind: kindOf(name) ?? 'step', name, start: Infinity, epoch: 0, inside: new Map() };
      at.inside.set(path, inner);
    }
    at = inner;
    if (end < 0) return at;
  }
}

function tell(draft: Draft, { kind, at, ms, epoch, failed, name, child, model, usage }: TraceNote): void {
  draft.kind = kind;
  draft.start = Math.min(draft.start, at);
  if (name !== undefined) draft.name = name;
  if (child !== undefined) draft.child = child;
  if (ms === undefined) return;
  draft.end = at + ms;
  draft.epoch = epoch;
  if (failed) draft.failed = failed;
  if (model !== undefined) draft.model = model;
  if (usage) draft.usage = usage;
}

function finished({ inside }: Draft, latest: number, byTask: ReadonlyMap<string, readonly TraceNote[]>): TraceSpan[] {
  const spans = [...inside.values()].map((draft): TraceSpan => {
    const spans = [
      ...finished(draft, latest, byTask),
      ...(draft.child === undefined ? [] : spansOf(draft.child, byTask)),
    ];
    // Agents and branches have no entry of their own: they are what was done in them.
    const isWhole = draft.start === Infinity;
    const start = Math.min(draft.start, ...spans.map((span) => span.start));
    const ends = spans.map((span) => span.start + (span.duration ?? Infinity));
    const end = draft.end ?? endOf(draft, byTask) ?? (isWhole ? Math.max(...ends) : Infinity);
    const { kind, path: key, failed, model, usage } = draft;
    const replayed = isWhole ? spans.every((span) => span.replayed) : draft.end !== undefined && draft.epoch < latest;
    const own = { turns: kind === 'turn' ? 1 : 0, ...(usage && { usage }) };
    return {
      ...{ kind, name: titleOf(draft), key, start },
      ...(end < Infinity && { duration: end - start }),
      replayed: replayed && end < Infinity,
      ...(failed && { failed }),
      ...(model !== undefined && { model }),
      ...sumOf([...spans, own]),
      spans,
    };
  });
  return spans.sort((a, b) => a.start - b.start);
}

/** When the child task that a draft stands for ended, for a parent that has not noted it. */
function endOf({ child }: Draft, byTask: ReadonlyMap<string, readonly TraceNote[]>): number | undefined {
  return child === undefined ? undefined : byTask.get(child)?.find(({ key }) => key === '')?.at;
}

function sumOf(spans: readonly Pick<TraceSpan, 'turns' | 'usage'>[]): Pick<TraceSpan, 'turns' | 'usage'> {
  const usage: TurnUsage = {};
  for (const span of spans) if (span.usage) addUsage(usage, span.usage);
  const turns = spans.reduce((sum, span) => sum + span.turns, 0);
  return Object.keys(usage).length > 0 ? { turns, usage } : { turns };
}

const SPECIAL = /%([0-9a-f]{2})/g;

/** The name in a segment of a key, without its number. */
function nameOf(segment: string): string {
  const name = segment.replace(/#[^#]*$/, '');
  return name.replace(SPECIAL, (_, hex: string) => String.fromCharCode(parseInt(hex, 16)));
}

function titleOf({ kind, name, path }: Draft): string {
  if (kind === 'branch') return `all[${path.slice(path.lastIndexOf('.') + 1)}]`;
  if (path.includes('~context/')) return 'summary';
  // An agent's turns have nothing but their numbers to tell them apart.
  if (name === 'turn') return path.slice(path.lastIndexOf('#') + 1);
  return kind === 'step' ? name : name.replace(/^(agent|tool|task):/, '');
}
