import type { AgentTool, AgentToolSource } from '../metadata/agent-tool.js';
import type { Declaration } from '../metadata/declaration.js';
import type { Class } from '../metadata/class.js';
import { milliseconds } from '../metadata/duration.js';
import { agentToolEntry } from './agent-tool-entry.js';
import type { AgentEntry, ToolEntry } from './catalog.js';
import { checkBudget, COUNT } from './check-budget.js';
import { handoffTool } from './agent-as-tool.js';
import { checkClasses } from './check-classes.js';
import { checkName, uniqueBy } from './names.js';
import { nameOf, type Mistakes } from './mistakes.js';
import type { Shapes } from './shapes.js';

export type AgentDeclaration = Extract<Declaration, { kind: 'agent' }>;

/** What other classes are to an agent, which is named for messages. */
export interface Neighbours {
  toolsOf(target: Class, by: string): readonly ToolEntry[];
  /** The agent that a class is. */
  named(target: Class, by: string): AgentDeclaration | undefined;
}

/** An agent as the catalog holds it. */
export function agentEntry(
  declaration: AgentDeclaration,
  { toolsOf, named }: Neighbours,
  shapes: Shapes,
  mistakes: Mistakes,
): AgentEntry {
  const { target, options } = declaration;
  const agent = nameOf(target);
  const count = (setting: 'maxTurns' | 'maxTokens' | 'concurrency', fallback: number): number => {
    const given = options[setting] ?? fallback;
    if (!Number.isSafeInteger(given) || given < 1) mistakes.add('INVALID_AGENT', agent, setting, String(given), COUNT);
    return given;
  };
  const given = options.tools ?? [];
  const place = `the tools of ${agent}`;
  const classes = checkClasses(
    given.filter((tool) => !isTool(tool) && !isSource(tool)),
    place,
    mistakes,
  ).flatMap((tool) => {
    const offered = toolsOf(tool, agent);
    if (offered.length === 0) mistakes.add('AGENT_TOOL_WITHOUT_TOOLS', agent, nameOf(tool));
    return offered;
  });
  const own = given.filter(isTool).map((tool) => {
    checkName('tool', tool.name, declaration, mistakes);
    return agentToolEntry(tool, (input) =>
      shapes.compile(input, 'input', `The input of the tool "${tool.name}" of ${agent}`),
    );
  });
  const handoffs = checkClasses(options.handoffs ?? [], `the handoffs of ${agent}`, mistakes).flatMap((other) => {
    const found = named(other, agent);
    if (found === undefined) mistakes.add('HANDOFF_WITHOUT_AGENT', agent, nameOf(other));
    const { name = nameOf(other), description } = found?.options ?? {};
    return [handoffTool({ name, target: other, description })];
  });
  const timeout =
    options.toolTimeout === undefined
      ? undefined
      : mistakes.attempt(`@Agent on ${agent}`, () => milliseconds(options.toolTimeout ?? 0));
  const budget = mistakes.attempt(`@Agent on ${agent}`, () => checkBudget(agent, options.budget ?? {}));
  const sources = given.filter(isSource);
  for (const source of sources) {
    const sentence = source.mistake?.();
    if (sentence !== undefined) mistakes.add('PLUGIN_MISTAKE', source.name, sentence);
  }
  return Object.freeze({
    name: options.name ?? agent,
    target,
    options: Object.freeze({
      instructions: options.instructions,
      maxTurns: count('maxTurns', 10),
      maxTokens: count('maxTokens', 4096),
      concurrency: count('concurrency', 8),
      ...(options.temperature !== undefined && { temperature: options.temperature }),
      ...(options.modelPreferences && { modelPreferences: options.modelPreferences }),
      ...(options.model && { model: options.model }),
      ...(options.context && { context: options.context }),
      ...(options.intercept && { intercept: options.intercept }),
      ...(options.budget && budget && { budget }),
      ...(timeout !== undefined && { toolTimeout: timeout }),
    }),
    tools: uniqueBy(
      [...classes, ...own, ...handoffs],
      ({ name }) => name,
      (name, first, second) => mistakes.add('DUPLICATE_AGENT_TOOL', agent, name, first, second),
    ),
    sources,
    handoffs: new Map(handoffs.map(({ name, target: other }) => [name, other])),
  });
}

// Whatever is neither is told of as no class.
const isObject = (value: unknown): value is object => typeof value === 'object' && value !== null;
const isTool = (value: unknown): value is AgentTool =>
  isObject(value) && 'call' in value && typeof value.call === 'function';
const isSource = (value: unknown): value is AgentToolSource =>
  isObject(value) && 'load' in value && typeof value.load === 'function';
