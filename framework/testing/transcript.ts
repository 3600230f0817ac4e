import type { AgentUsage } from '../runtime/context.js';
import { Meter } from '../runtime/budget/meter.js';
import { segment } from '../runtime/scope.js';
import type { CallToolResult, CreateMessageResult } from '../spec.js';
import { textIn } from './request-text.js';
import type { Made, Recorded, TaskLog } from './task-log.js';

/** What agents said and did in tasks, as it is recorded: crashes, parking and replays leave no trace in it. */
export interface Transcript {
  /**
   * A line for each agent, turn and tool call, and for the branches and child tasks that they are in; what is inside of something
   * is indented by two spaces. Calls stand in the order in which the model asked for them, whoever was faster.
   */
  readonly text: string;
  /** What all agents used together. */
  readonly usage: AgentUsage;
  /** How many turns models were asked for: more than `usage.turns` where a crash lost an answer. */
  readonly asked: number;
  /** Keys of turns that were asked again although their answer was recorded. There are none, unless the framework is broken. */
  readonly repeated: readonly string[];
}

type RecordedTurn = CreateMessageResult & { readonly usage?: Partial<AgentUsage> };

// Turns that sum a conversation up are among those of the agent.
const TURN = /(^|\/)agent:[^/]+\/(turn#\d+~context\/)?turn#\d+(@\d+)?$/;
const TOOL = /(^|\/)agent:[^/]+\/tool:[^/]+$/;

/** A place in a task: what was recorded there, and what is inside of it. */
interface Place {
  readonly path: string;
  recorded?: Recorded;
  readonly inside: Map<string, Place>;
}

/** The transcript of a task with all below it, or of all tasks in the order of their making. */
export function transcriptOf(log: TaskLog, taskId?: string): Transcript {
  const tops = taskId === undefined ? log.tasks : [taskId];
  const known = new Set(tops.flatMap((top) => log.familyOf(top)));
  const meter = new Meter();
  for (const { taskId: task, key, entry } of log.recorded) {
    if (!known.has(task) || 'failure' in entry.outcome) continue;
    if (TOOL.test(key)) meter.add({ toolCalls: 1 });
    if (TURN.test(key)) meter.add({ turns: 1, ...(entry.outcome.value as unknown as RecordedTurn).usage });
  }
  const asked = log.asked.filter((turn) => known.has(turn.taskId));
  return {
    text: tops.flatMap((top) => taskLines(log, top)).join('\n'),
    usage: meter.used,
    asked: asked.length,
    repeated: asked.filter(({ again }) => again).map(({ key }) => key),
  };
}

function taskLines(log: TaskLog, taskId: string): string[] {
  const top: Place = { path: '', inside: new Map() };
  const own = log.recorded.filter((recorded) => recorded.taskId === taskId);
  const made = log.made.filter(({ parent }) => parent === taskId);
  for (const recorded of own) placeOf(top, withoutAttempt(recorded.key)).recorded = recorded;
  for (const { key } of made) placeOf(top, withoutAttempt(key));
  return linesIn(top, { log, made });
}

interface Task {
  readonly log: TaskLog;
  readonly made: readonly Made[];
}

// What a later attempt recorded stands in the place of what the earlier one did.
const withoutAttempt = (key: string): string => key.replace(/@\d+$/, '');

function placeOf(top: Place, key: string): Place {
  return key.split('/').reduce((at, part) => {
    const path = at.path === '' ? part : `${at.path}/${part}`;
    const inner: Place = at.inside.get(part) ?? { path, inside: new Map() };
    at.inside.set(part, inner);
    return inner;
  }, top);
}

/** In the order of their recording, but those of one name by their numbers: branches come to an end in any order. */
function linesIn({ path, inside }: Place, task: Task): string[] {
  const order = [...inside.keys()];
  const group = (part: string): number => order.findIndex((other) => nameOf(other) === nameOf(part));
  const parts = [...order].sort((a, b) => group(a) - group(b) || a.localeCompare(b, 'en', { numeric: true }));
  const children = task.made.filter(({ key }) => withoutAttempt(key) === path);
  return [
    ...parts.flatMap((part) => linesOf(part, inside.get(part) as Place, task)),
    ...children.flatMap((child) => titled(`task ${child.name}`, taskLines(task.log, child.taskId))),
  ];
}

const nameOf = (part: string): string => part.slice(0, part.lastIndexOf('#'));

function linesOf(part: string, place: Place, task: Task): string[] {
  const name = nameOf(part);
  if (name.startsWith('agent:')) return titled(`agent ${name.slice('agent:'.length)}`, agentLines(place, task));
  const branch = name === 'all' ? /\.(\d+)$/.exec(part)?.[1] : undefined;
  return branch === undefined ? linesIn(place, task) : titled(`branch ${branch}`, linesIn(place, task));
}

function agentLines({ inside }: Place, task: Task): string[] {
  const counts = new Map<string, number>();
  const lines: string[] = [];
  for (let number = 1; ; number++) {
    const outcome = inside.get(`turn#${number}`)?.recorded?.entry.outcome;
    if (outcome === undefined) return lines;
    if ('failure' in outcome) {
      lines.push(`turn ${number} failed: ${outcome.failure.message}`);
      continue;
    }
    const blocks = [(outcome.value as unknown as RecordedTurn).content].flat();
    const calls = blocks.filter((block) => block.type === 'tool_use');
    const text = textIn({ role: 'assistant', content: blocks.filter((block) => block.type !== 'tool_use') });
    const asked = calls.map(({ name, input }) => `${name}${isEmpty(input) ? '' : ` ${JSON.stringify(input)}`}`);
    const said = [...(text === '' ? [] : [inLine(text)]), ...(asked.length === 0 ? [] : [`calls ${asked.join(', ')}`])];
    lines.push(`turn ${number}: ${said.join('; ')}`);
    const seen = new Set<string>();
    for (const { id, name } of calls) {
      const key = segment(`tool:${id}`);
      const count = (counts.get(key) ?? 0) + 1;
      // Calls that were refused are recorded nowhere.
      const place = seen.has(key) ? undefined : inside.get(`${key}#${count}`);
      seen.add(key);
      if (place) counts.set(key, count);
      lines.push(...indented([resultLine(name, place), ...(place ? linesIn(place, task) : [])], 1));
    }
  }
}

function resultLine(name: string, place: Place | undefined): string {
  const outcome = place?.recorded?.entry.outcome;
  if (outcome === undefined) return `${name} ${place ? 'did not end' : 'was not run'}`;
  if ('failure' in outcome) return `${name} failed: ${inLine(outcome.failure.message)}`;
  const { content, isError } = outcome.value as unknown as CallToolResult;
  const told = textIn({ role: 'user', content: [{ type: 'tool_result', toolUseId: '', content }] });
  return `${name}${isError === true ? ' failed' : ''}: ${inLine(told)}`;
}

const inLine = (text: string): string => text.replace(/\s+/g, ' ').trim();
const isEmpty = (input: object): boolean => Object.keys(input).length === 0;
const indented = (lines: readonly string[], depth: number): string[] =>
  lines.map((line, index) => '  '.repeat(index === 0 ? depth : depth + 1) + line);
const titled = (title: string, lines: readonly string[]): string[] =>
  lines.length === 0 ? [] : [title, ...lines.map((line) => `  ${line}`)];
