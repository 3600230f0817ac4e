import type { AgentTool } from '../metadata/agent-tool.js';
import type { SchemaSource } from '../metadata/options.js';
import type { Schema, Validation } from '../schema/schema.js';
import type { Tool } from '../spec.js';
import type { ToolEntry } from './catalog.js';
import { published } from './definition.js';
import { NO_INPUT } from './no-input.js';

/** Stands where an entry names the class that serves it: these have none. */
class NoClass {}

/** A tool of agents as the catalog holds tools; `compile` makes its shape. */
export function agentToolEntry(tool: AgentTool, compile: (source: SchemaSource) => Schema | undefined): ToolEntry {
  const { name, description, input, inputSchema, call, approval, onCrash } = tool;
  const shape = (input && compile(input)) ?? (inputSchema ? foreign(inputSchema) : NO_INPUT);
  return Object.freeze({
    kind: 'tool',
    name,
    target: NoClass,
    member: 'call',
    input: shape,
    run: call as NonNullable<ToolEntry['run']>,
    ...(approval !== undefined && { approval }),
    ...(onCrash && { onCrash }),
    definition: published<Tool>({ name, description, inputSchema: shape.json }),
  });
}

/** A shape that another server checks: here only that arguments are an object, as they are everywhere. */
function foreign(json: Schema['json']): Schema {
  const validate = (value: unknown): Validation<unknown> =>
    typeof value === 'object' && value !== null && !Array.isArray(value)
      ? { ok: true, value }
      : { ok: false, issues: [{ path: '', message: 'must be an object' }] };
  return { source: NoClass, json, validate, serialise: validate, prepare: () => Promise.resolve() };
}
