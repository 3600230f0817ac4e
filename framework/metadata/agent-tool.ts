import type { Tool } from '../spec.js';
import type { Awaitable } from './class.js';
import type { SchemaSource } from './schema-source.js';

/** Whether the user must agree before an agent calls a tool: always, or where the function of the checked input says so. */
export type Approval<I = never> = boolean | Decision<I>['decide'];

// As a method's type, so that the options of a tool of any input are options of a tool.
interface Decision<I> {
  decide(input: I): Awaitable<boolean>;
}

/** What to do about an effect that was cut off by a crash, so that nobody knows how much of it happened. */
export type OnCrash = 'retry' | 'fail' | 'ask';

/** A tool for agents alone, which no class declares and no client sees. Made by `agentTool`. */
export interface AgentTool {
  readonly name: string;
  readonly description?: string;
  /** The shape of the arguments: they are checked. */
  readonly input?: SchemaSource;
  /** In place of `input`: a schema that is shown to the model and checked by whoever serves the tool. */
  readonly inputSchema?: Tool['inputSchema'];
  readonly approval?: Approval;
  readonly onCrash?: OnCrash;
  /** Returns what a `@Tool` may: text, a JSON value, or a whole result. */
  readonly call: (input: never, ctx: never) => unknown;
}

/** Where an agent's tools come from that are not known before it runs, such as those of another server. */
export interface AgentToolSource {
  /** For messages. */
  readonly name: string;
  /**
   * Lists the tools for one run of an agent, when it first needs them: a run that replays to its end never asks. Their calls
   * are recorded, the list is not. An error is the failure of the agent's turn.
   */
  load(caller: ToolCaller): Awaitable<readonly AgentTool[]>;
  /**
   * Asked at the start of an app with an agent that names it: a sentence that ends with the fix keeps the app from starting, told
   * with every other mistake (`PLUGIN_MISTAKE`).
   */
  mistake?(): string | undefined;
}

/** For whom tools are listed. */
export interface ToolCaller {
  readonly owner: string;
  readonly scopes: readonly string[];
  readonly signal: AbortSignal;
}
