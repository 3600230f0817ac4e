import type { AgentToolSource, Approval, OnCrash } from '../metadata/agent-tool.js';
import type { Class } from '../metadata/class.js';
import type { AgentOptions, Budget, Completer } from '../metadata/options.js';
import type { Schema } from '../schema/schema.js';
import type { Prompt, Resource, ResourceTemplate, Tool } from '../spec.js';

interface Handler {
  readonly name: string;
  readonly target: Class;
  /** The method of `target` that serves the call. */
  readonly member: string;
  /** What a caller must have been granted; absent where everybody may call. */
  readonly scopes?: readonly string[];
}

/** Settings of a `@Task`, durations in milliseconds, defaults filled in. */
export interface TaskSettings {
  readonly ttl: number;
  readonly pollInterval: number;
  readonly attempts: number;
  readonly timeout: number;
  readonly concurrency: number;
  readonly support: 'optional' | 'required';
  /** How long to wait after the attempt of this number (from 1) has failed. Absent: as the engine does by default. */
  readonly backoff?: (attempt: number) => number;
  readonly stepTimeout?: number;
  readonly resultTtl?: number;
  readonly hold?: number;
  readonly priority: number;
  readonly queue: string;
  readonly idempotencyKey?: (input: never) => string;
  readonly onChange: 'continue' | 'fail';
  /** Begins within its request, and becomes a task where its handler says so. */
  readonly attached: boolean;
  readonly schedule?: ScheduleSettings;
  readonly budget?: Budget;
}

/** When a task starts by itself: by a cron expression, or every so many milliseconds. */
export type ScheduleSettings = { readonly owner: string; readonly input: unknown } & (
  | { readonly cron: string; readonly timeZone: string; readonly every?: undefined }
  | { readonly every: number; readonly cron?: undefined; readonly timeZone?: undefined }
);

/** A tool, or a task when `task` is present: the same thing for whoever calls it. */
export interface ToolEntry extends Handler {
  readonly kind: 'tool';
  readonly input: Schema;
  readonly output?: Schema;
  readonly task?: TaskSettings;
  /** Serves the call in place of a method of `target`: what an agent is given may be no class. */
  readonly run?: (input: unknown, ctx: unknown) => unknown;
  /** Whether the user is asked before an agent calls it. */
  readonly approval?: Approval;
  readonly onCrash?: OnCrash;
  /** As `tools/list` shows it, without what only one revision knows. */
  readonly definition: Tool;
}

/** A resource with a fixed URI. */
export interface ResourceEntry extends Handler {
  readonly kind: 'resource';
  readonly uri: string;
  readonly definition: Resource;
}

/** A resource that serves every URI of a template. */
export interface ResourceTemplateEntry extends Handler {
  readonly kind: 'template';
  /** The variables of a URI that the template covers, decoded; undefined for any other URI. */
  readonly match: (uri: string) => Readonly<Record<string, string>> | undefined;
  readonly complete: Readonly<Record<string, Completer>>;
  readonly definition: ResourceTemplate;
}

/** A prompt. */
export interface PromptEntry extends Handler {
  readonly kind: 'prompt';
  readonly input: Schema;
  /** The given completers, and one made from its values for every argument that is an enumeration. */
  readonly complete: Readonly<Record<string, Completer>>;
  readonly definition: Prompt;
}

/** An agent, with all that it may use. No call is made of it: `ctx.agent` runs it. */
export interface AgentEntry {
  readonly name: string;
  readonly target: Class;
  readonly options: Required<Pick<AgentOptions, 'instructions' | 'maxTurns' | 'maxTokens' | 'concurrency'>> &
    Pick<AgentOptions, 'temperature' | 'modelPreferences' | 'model' | 'budget' | 'context' | 'intercept'> & {
      /** Milliseconds. */
      readonly toolTimeout?: number;
    };
  /** The tools it may call, by name. */
  readonly tools: ReadonlyMap<string, ToolEntry>;
  /** Where more tools come from when it runs. */
  readonly sources: readonly AgentToolSource[];
  /** The agents that it may hand over to, by the names of the tools that do it. */
  readonly handoffs: ReadonlyMap<string, Class>;
}

/** What a call can invoke. */
export type Entry = ToolEntry | ResourceEntry | ResourceTemplateEntry | PromptEntry;

/** All that a server offers: checked and complete. What it holds is immutable. Lists are in the order of `use`. */
export interface Catalog {
  readonly tools: ReadonlyMap<string, ToolEntry>;
  readonly resources: ReadonlyMap<string, ResourceEntry>;
  readonly templates: readonly ResourceTemplateEntry[];
  readonly prompts: ReadonlyMap<string, PromptEntry>;
  readonly agents: ReadonlyMap<Class, AgentEntry>;
}
