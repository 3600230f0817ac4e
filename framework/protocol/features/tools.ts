import type { Catalog, ToolEntry } from '../../catalog/catalog.js';
import type { CallToolResult, Json, Tool } from '../../spec.js';
import { isObject } from '../messages/parse-message.js';
import { invalidParams } from '../messages/refusal.js';

/** The tool that a `tools/call` names. */
export function toolOf(catalog: Catalog, params: Readonly<Record<string, unknown>>): ToolEntry {
  const { name } = params;
  if (typeof name !== 'string') throw invalidParams('"name" must be a string.');
  const entry = catalog.tools.get(name);
  if (!entry) throw invalidParams(`Unknown tool: ${name.slice(0, 128)}`);
  return entry;
}

/** The arguments of a `tools/call` as they came; whether they fit the tool is the runtime's to say (SEP-1303). */
export function argumentsOf(params: Readonly<Record<string, unknown>>): Readonly<Record<string, Json>> {
  const args = params['arguments'];
  if (args === undefined) return {};
  if (!isObject(args)) throw invalidParams('"arguments" must be an object.');
  return args as Record<string, Json>;
}

/** A tool as 2025-11-25 lists it: says whether it runs as a task, and knows object outputs only. */
export function definition2025({ definition, task }: ToolEntry): Tool {
  const { outputSchema, ...rest } = definition as Tool & { outputSchema?: { readonly type?: unknown } };
  return {
    ...rest,
    ...(outputSchema?.type === 'object' && { outputSchema }),
    ...(task && { execution: { taskSupport: task.support } }),
  } as Tool;
}

/** A result as 2025-11-25 carries it: `structuredContent` was an object until SEP-2106. */
export function result2025(result: CallToolResult): CallToolResult {
  if (result.structuredContent === undefined || isObject(result.structuredContent)) return result;
  const { structuredContent: _, ...rest } = result;
  return rest;
}
