import { createHash } from 'node:crypto';

/** What chat completions accept as the name of a function; tools of MCP may have dots, and twice the length. */
const ACCEPTED = /^[A-Za-z0-9_-]{1,64}$/;

/** The name that a tool goes by at the provider: its own where that can be, else one that follows from it alone. */
export function functionName(tool: string): string {
  if (ACCEPTED.test(tool)) return tool;
  const digest = createHash('sha256').update(tool).digest('hex').slice(0, 12);
  return `${tool.replace(/[^A-Za-z0-9_-]/g, '_').slice(0, 51)}_${digest}`;
}

/** Finds the tool that a function's name stands for; a name that stands for none stays as it is, to be refused by its caller. */
export function toolNames(tools: readonly { readonly name: string }[] = []): (name: string) => string {
  const names = new Map(tools.map(({ name }) => [functionName(name), name]));
  return (name) => names.get(name) ?? name;
}
