import type { AgentEntry, Catalog, ToolEntry } from '../catalog/catalog.js';
import { PerduraError } from '../errors.js';
import type { Class } from '../metadata/class.js';
import type { SchemaSource } from '../metadata/options.js';
import type { RunAgent } from '../runtime/agent-port.js';
import { compileSchema } from '../schema/compile-schema.js';
import type { Schema } from '../schema/schema.js';
import { runLoop } from './agent-loop.js';

// Agents that start each other through their tools would never come to an end by themselves.
const DEEPEST = 8;

/** Makes what runs the agents of a catalog: the port behind `ctx.agent`. */
export function createAgentRunner(catalog: Catalog): RunAgent {
  const schemas = new WeakMap<SchemaSource, Schema>();
  const schemaOf = (source: SchemaSource): Schema => {
    let schema = schemas.get(source);
    if (schema === undefined) schemas.set(source, (schema = compileSchema(source, { role: 'answer' })));
    return schema;
  };
  return async (host, agent, { prompt, output, tools = [], maxTurns }) => {
    const entry = catalog.agents.get(agent);
    if (entry === undefined) throw PerduraError.of('UNKNOWN_AGENT', agent.name);
    if (host.depth > DEEPEST) throw PerduraError.of('AGENT_TOO_DEEP', entry.name, DEEPEST);
    return runLoop(host, {
      name: entry.name,
      options: entry.options,
      maxTurns: Math.max(1, maxTurns ?? entry.options.maxTurns),
      tools: tools.length === 0 ? entry.tools : withTools(catalog, entry, tools),
      messages: typeof prompt === 'string' ? [{ role: 'user', content: { type: 'text', text: prompt } }] : prompt,
      ...(output && { output: schemaOf(output) }),
    });
  };
}

function withTools(catalog: Catalog, agent: AgentEntry, classes: readonly Class[]): ReadonlyMap<string, ToolEntry> {
  // Tools that only agents name are in no list but theirs.
  const known = [catalog, ...catalog.agents.values()].flatMap((owner) => [...owner.tools.values()]);
  const tools = new Map(agent.tools);
  for (const target of classes) {
    const added = known.filter((tool) => tool.target === target);
    if (added.length === 0) throw PerduraError.of('UNKNOWN_AGENT_TOOL', agent.name, target.name);
    for (const tool of added) tools.set(tool.name, tool);
  }
  return tools;
}
