import type { AgentTool, Approval, OnCrash } from '../metadata/agent-tool.js';
import type { Awaitable } from '../metadata/class.js';
import type { SchemaSource } from '../metadata/options.js';
import type { NoInput, ToolReturn, Unshaped } from '../metadata/results.js';
import type { CallContext } from '../runtime/context.js';
import type { Tool } from '../spec.js';

/** What `agentTool` makes a tool of. */
export interface AgentToolOptions<I> {
  /** 1 to 128 characters of `A-Z a-z 0-9 _ - .`, unique among the agent's tools. */
  readonly name: string;
  /** What it does and when to use it; the model chooses by it. */
  readonly description?: string;
  /** The shape of the arguments, which are checked. Without it, and without `inputSchema`, the tool takes none. */
  readonly input?: SchemaSource<I>;
  /** A JSON Schema in its place that is shown to the model, where somebody else checks the arguments, such as another server. */
  readonly inputSchema?: Tool['inputSchema'];
  /** {@link ToolOptions.approval} */
  readonly approval?: Approval<NoInfer<I>>;
  /** {@link ToolOptions.onCrash}; here the default is `'retry'`. */
  readonly onCrash?: OnCrash;
  /**
   * Runs a call. Its result is recorded, so that it is not called again on a replay; text, a JSON value or a whole result. A
   * `ToolError` is told to the model.
   */
  call(input: NoInfer<I>, ctx: CallContext): Awaitable<ToolReturn<Unshaped>>;
}

/**
 * Makes a tool for agents out of a function: for `@Agent({ tools })` and `ctx.agent(..., { tools })`. It is in no list, and no client
 * can call it.
 *
 * @example agentTool({ name: 'today', description: 'The date.', call: () => new Date().toISOString() })
 */
export function agentTool<I = NoInput>(options: AgentToolOptions<I>): AgentTool {
  return Object.freeze({ ...options });
}
