import { agentToolEntry } from '../catalog/agent-tool-entry.js';
import type { ToolEntry } from '../catalog/catalog.js';
import { PerduraError } from '../errors.js';
import type { AgentToolSource, ToolCaller } from '../metadata/agent-tool.js';
import type { SchemaSource } from '../metadata/options.js';
import type { Schema } from '../schema/schema.js';
import type { Tool } from '../spec.js';

/** What one run of an agent may call: the tools that are known from the start, and those of sources, listed when first needed. */
export class Toolbox {
  #all: Promise<ReadonlyMap<string, ToolEntry>> | undefined;

  constructor(
    private readonly agent: string,
    private readonly known: ReadonlyMap<string, ToolEntry>,
    private readonly sources: readonly AgentToolSource[],
    private readonly compile: (source: SchemaSource) => Schema,
  ) {}

  get isEmpty(): boolean {
    return this.known.size === 0 && this.sources.length === 0;
  }

  /** @throws PerduraError `DUPLICATE_AGENT_TOOL`, and whatever a source throws */
  async all(caller: ToolCaller): Promise<ReadonlyMap<string, ToolEntry>> {
    if (this.sources.length === 0) return this.known;
    this.#all ??= this.#load(caller);
    try {
      return await this.#all;
    } catch (error) {
      // A later turn, or the next model's, may find the source there again.
      this.#all = undefined;
      throw error;
    }
  }

  async #load(caller: ToolCaller): Promise<ReadonlyMap<string, ToolEntry>> {
    const tools = new Map(this.known);
    const lists = await Promise.all(this.sources.map(async (source) => ({ source, list: await source.load(caller) })));
    for (const { source, list } of lists) {
      for (const tool of list) {
        const place = `the source ${source.name}`;
        if (tools.has(tool.name))
          throw PerduraError.of('DUPLICATE_AGENT_TOOL', this.agent, tool.name, place, 'another');
        tools.set(tool.name, agentToolEntry(tool, this.compile));
      }
    }
    return tools;
  }
}

/** The tools as a model is offered them: what it needs to choose and call, and nothing else. */
export function offer(tools: ReadonlyMap<string, ToolEntry>): Tool[] {
  return [...tools.values()].map(({ definition: { name, description, inputSchema } }) => ({
    name,
    ...(description !== undefined && { description }),
    inputSchema,
  }));
}
