import { createHash } from 'node:crypto';

/** What every provider accepts as the name of a tool; those of MCP may have dots and slashes, and twice the length. */
const ACCEPTED = /^[A-Za-z0-9_-]{1,64}$/;
/** What names end with that are made here. A tool whose own name ends so gets another, so that none can pass for another tool. */
const MADE = /_[0-9a-f]{16}$/;

/**
 * The name that a tool goes by at a provider: its own where that can be, else one that follows from it alone, so that it is the same
 * in every turn and process.
 */
export function providerToolName(tool: string): string {
  if (ACCEPTED.test(tool) && !MADE.test(tool)) return tool;
  const digest = createHash('sha256').update(tool).digest('hex').slice(0, 16);
  return `${tool.replace(/[^A-Za-z0-9_-]/g, '_').slice(0, 47)}_${digest}`;
}

/** Finds the tool that goes by a name at a provider; a name that stands for none stays as it is, and is refused by the agent. */
export function toolsByProviderName(tools: readonly { readonly name: string }[] = []): (name: string) => string {
  const names = new Map(tools.map(({ name }) => [providerToolName(name), name]));
  return (name) => names.get(name) ?? name;
}
