import type { Class } from '../metadata/class.js';
import { agentAsTool, handoffName } from './agent-as-tool.js';
import { agentEntry, type AgentDeclaration } from './agent-entry.js';
import type { AgentEntry, ToolEntry } from './catalog.js';
import type { ClassEntries } from './class-entries.js';
import { isLegalName } from './names.js';
import { nameOf, type Mistakes } from './mistakes.js';
import type { Shapes } from './shapes.js';

const CALLABLE =
  'at most 100 characters of A-Z a-z 0-9 _ - . where other agents call it, or hand over to it, by that name';

/** The agents of the app: those that are listed, and those that they name as tools or to hand over to. */
export function agentEntries(
  listed: readonly AgentDeclaration[],
  entriesOf: (target: Class) => ClassEntries,
  shapes: Shapes,
  mistakes: Mistakes,
): ReadonlyMap<Class, AgentEntry> {
  const found = new Map<Class, AgentEntry>();
  const waiting = [...listed];
  const called = new Set<Class>();
  const named = (target: Class, by: string): AgentDeclaration | undefined => {
    const [agent] = entriesOf(target).agents;
    if (agent === undefined) return undefined;
    waiting.push(agent);
    const { name = nameOf(target), description } = agent.options;
    if (!description) mistakes.add('AGENT_NOT_DESCRIBED', nameOf(target), by);
    if (!called.has(target) && !isLegalName(handoffName(name))) {
      mistakes.add('INVALID_AGENT', nameOf(target), 'name', JSON.stringify(name), CALLABLE);
    }
    called.add(target);
    return agent;
  };
  const toolsOf = (target: Class, by: string): readonly ToolEntry[] => {
    const agent = named(target, by);
    const { name = nameOf(target), description } = agent?.options ?? {};
    const own = agent === undefined ? [] : [agentAsTool({ name, target, description })];
    return [...entriesOf(target).tools, ...own];
  };
  for (let agent = waiting.shift(); agent !== undefined; agent = waiting.shift()) {
    if (!found.has(agent.target)) found.set(agent.target, agentEntry(agent, { toolsOf, named }, shapes, mistakes));
  }
  return found;
}
