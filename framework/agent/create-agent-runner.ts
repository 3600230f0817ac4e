import { agentToolEntry } from '../catalog/agent-tool-entry.js';
import type { AgentEntry, Catalog, ToolEntry } from '../catalog/catalog.js';
import { checkBudget, COUNT } from '../catalog/check-budget.js';
import { PerduraError } from '../errors.js';
import type { AgentToolSource } from '../metadata/agent-tool.js';
import type { Class } from '../metadata/class.js';
import type { AgentToolOption, SchemaSource } from '../metadata/options.js';
import type { RunAgent } from '../runtime/agents/agent-port.js';
import { onceEach } from '../runtime/once-each.js';
import { compileSchema } from '../schema/compile-schema.js';
import type { Schema, SchemaRole } from '../schema/schema.js';
import { runLoop } from './agent-loop.js';
import type { Role } from './role.js';
import { Toolbox } from './toolbox.js';

// Agents that start each other through their tools would never come to an end by themselves.
const DEEPEST = 8;

/** Makes what runs the agents of a catalog: the port behind `ctx.agent`. */
export function createAgentRunner(catalog: Catalog): RunAgent {
  const answers = compiler('answer');
  const inputs = compiler('input');
  return async (host, agent, { prompt, output, tools = [], model, maxTurns, budget }) => {
    const entryOf = (target: Class): AgentEntry => {
      const entry = catalog.agents.get(target);
      if (entry === undefined) throw PerduraError.of('UNKNOWN_AGENT', target.name);
      return entry;
    };
    const makeRole = (target: Class): Role => {
      const entry = entryOf(target);
      const { name, options, handoffs } = entry;
      const known = tools.length === 0 ? entry.tools : withTools(catalog, entry, tools, inputs);
      const sources = [...entry.sources, ...tools.filter(isSource)];
      return {
        name,
        options,
        handoffs,
        maxTurns: maxTurns ?? options.maxTurns,
        model: model ?? options.model,
        tools: new Toolbox(name, known, sources, inputs),
      };
    };
    const roles = new Map<Class, Role>();
    const roleOf = (target: Class): Role => {
      const role = roles.get(target) ?? makeRole(target);
      roles.set(target, role);
      return role;
    };
    const { name, options } = entryOf(agent);
    if (maxTurns !== undefined && !(Number.isSafeInteger(maxTurns) && maxTurns >= 1))
      throw PerduraError.of('INVALID_AGENT', name, 'maxTurns', String(maxTurns), COUNT);
    if (host.depth > DEEPEST) throw PerduraError.of('AGENT_TOO_DEEP', name, DEEPEST);
    const role = roleOf(agent);
    await host.start({ name, budget: { ...options.budget, ...(budget && checkBudget(name, budget)) } });
    try {
      const result = await runLoop(host, {
        role,
        roleOf,
        messages: typeof prompt === 'string' ? [{ role: 'user', content: { type: 'text', text: prompt } }] : prompt,
        ...(output && { output: answers(output) }),
      });
      host.end(result);
      return result;
    } catch (error) {
      host.end();
      throw error;
    }
  };
}

const compiler = (role: SchemaRole) => onceEach((source: SchemaSource) => compileSchema(source, { role }));

const isSource = (option: AgentToolOption): option is AgentToolSource => typeof option === 'object' && 'load' in option;

function withTools(
  catalog: Catalog,
  agent: AgentEntry,
  options: readonly AgentToolOption[],
  compile: (source: SchemaSource) => Schema,
): ReadonlyMap<string, ToolEntry> {
  const tools = new Map(agent.tools);
  for (const option of options) {
    if (isSource(option)) continue;
    const added = typeof option === 'object' ? [agentToolEntry(option, compile)] : toolsOf(catalog, option);
    if (added.length === 0) throw PerduraError.of('UNKNOWN_AGENT_TOOL', agent.name, (option as Class).name);
    for (const tool of added) tools.set(tool.name, tool);
  }
  return tools;
}

// Tools that only agents name are in no list but theirs.
function toolsOf(catalog: Catalog, target: Class): readonly ToolEntry[] {
  const known = [catalog, ...catalog.agents.values()].flatMap((owner) => [...owner.tools.values()]);
  return known.filter((tool) => tool.target === target);
}
