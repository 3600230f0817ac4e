import type { Declaration } from '../metadata/declaration.js';
import type { Class } from '../metadata/class.js';
import type { AgentEntry, ToolEntry } from './catalog.js';
import { checkClasses } from './check-classes.js';
import { uniqueBy } from './names.js';
import { nameOf, type Report } from './report.js';

/** An agent as the catalog holds it; `toolsOf` gives the entries of the classes that it names. */
export function agentEntry(
  declaration: Extract<Declaration, { kind: 'agent' }>,
  toolsOf: (target: Class) => readonly ToolEntry[],
  report: Report,
): AgentEntry {
  const { target, options } = declaration;
  const agent = nameOf(target);
  const count = (setting: 'maxTurns' | 'maxTokens' | 'concurrency', fallback: number): number => {
    const given = options[setting] ?? fallback;
    if (!Number.isSafeInteger(given) || given < 1) report.add('INVALID_AGENT', agent, setting, String(given));
    return given;
  };
  const tools = checkClasses(options.tools ?? [], `the tools of ${agent}`, report).flatMap((tool) => {
    const offered = toolsOf(tool);
    if (offered.length === 0) report.add('AGENT_TOOL_WITHOUT_TOOLS', agent, nameOf(tool));
    return offered;
  });
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
    }),
    tools: uniqueBy(
      tools,
      ({ name }) => name,
      (name, first, second) => report.add('DUPLICATE_AGENT_TOOL', agent, name, first, second),
    ),
  });
}
