import type { Annotations, Icon, ModelPreferences, ToolAnnotations } from '../spec.js';
import type { AgentInterceptor, ContextStrategy } from './agent-hooks.js';
import type { AgentTool, AgentToolSource, Approval, OnCrash } from './agent-tool.js';
import type { Awaitable, Class } from './class.js';
import type { ModelChoice } from './model.js';
import type { OutputSource, SchemaSource } from './schema-source.js';
import type { UriVariables } from './uri-variables.js';

export type { OutputSource, SchemaSource } from './schema-source.js';

/** A length of time: milliseconds, or a number with a unit, such as `'30s'`, `'10m'`, `'24h'`, `'7d'`. */
export type Duration = number | `${number}${'ms' | 's' | 'm' | 'h' | 'd'}`;

interface Described {
  /**
   * What a caller must have been granted to use it, all of these. Over HTTP others are refused with 403 before anything runs, with a
   * challenge that names the scopes (`basic/authorization`); over stdio nobody is. Calls by agents and parents are the server's own.
   */
  readonly scopes?: readonly string[];
  /** Human-readable name for user interfaces; the `name` stays the identifier. */
  readonly title?: string;
  /** What it does and when to use it; models choose by it. */
  readonly description?: string;
  /** Pictures for user interfaces (SEP-973). */
  readonly icons?: readonly Icon[];
  /** Extension metadata, sent as it is. */
  readonly _meta?: Readonly<Record<string, unknown>>;
}

/** Options of `@Tool`; the fields are those of `Tool` in the specification, `server/tools`. */
export interface ToolOptions<I = unknown, O = unknown> extends Described {
  /** 1 to 128 characters of `A-Z a-z 0-9 _ - .`, unique in the app (SEP-986). */
  readonly name: string;
  readonly description: string;
  /** The shape of the arguments. Without it the tool takes none. */
  readonly input?: SchemaSource<I>;
  /** The shape of the result: becomes `outputSchema` and a validated `structuredContent`. */
  readonly output?: OutputSource<O>;
  /** Hints about the tool's behaviour, such as `readOnlyHint`. */
  readonly annotations?: ToolAnnotations;
  /**
   * Whether the user is asked, by elicitation, before an agent calls it: `true`, or a function of the checked input. Where they do not
   * allow it, or the client has no elicitation, the agent is told so and the tool does not run. Calls by clients are the
   * clients' own to ask about. Default false.
   */
  readonly approval?: Approval<NoInfer<I>>;
  /**
   * What happens in a task where its worker died in the middle of a call by an agent: the tool runs again (`'retry'`), the task
   * ends (`'fail'`), or the user decides (`'ask'`). Default `'ask'` for a tool with `destructiveHint: true`, else `'retry'`.
   */
  readonly onCrash?: OnCrash;
}

/**
 * How long to wait before another attempt: `base` (default `'1s'`), then `factor` (default 2) times as long each time, at
 * most `max` (default `'1m'`); or the waits one by one, of which the last repeats.
 */
export type Backoff =
  { readonly base?: Duration; readonly factor?: number; readonly max?: Duration } | readonly [Duration, ...Duration[]];

/** When a task starts by itself: exactly one of `cron` and `every` is given. */
export interface TaskSchedule<I = unknown> {
  /** Five or six fields (with seconds first): `'0 6 * * 1-5'`. */
  readonly cron?: string;
  /** Whose clocks `cron` speaks of, by the zone's IANA name, such as `'Europe/Berlin'`. Default `'UTC'`. */
  readonly timeZone?: string;
  /** From one firing to the next; at least a second. */
  readonly every?: Duration;
  /** The arguments of each firing, as a client would send them. */
  readonly input?: { readonly [K in keyof I]?: unknown };
  /** Names the service that owns the tasks: its principal's `owner` is `service:<owner>`, and it has no scopes. */
  readonly owner: string;
}

/** Options of `@Task`: a tool that runs on a worker and outlives its request. */
export interface TaskOptions<I = unknown, O = unknown> extends ToolOptions<I, O> {
  /** How long the task and its result are kept, from its creation. Default `'24h'`. */
  readonly ttl?: Duration;
  /** How often clients are asked to poll. Default `'1s'`. */
  readonly pollInterval?: Duration;
  /** How many times the handler may fail before the task does; recorded steps are not repeated. Default 1. */
  readonly attempts?: number;
  /** How long to wait before another attempt. Default: a second, twice as long each time, at most a minute. */
  readonly backoff?: Backoff;
  /** The most time one activation may run. Default: the task's `ttl`. */
  readonly timeout?: Duration;
  /** What the agents of it may use together, those of its child tasks and all that they start included. Default: no limit. */
  readonly budget?: Budget;
  /** The most time that the function of a `ctx.step` may run each time, unless the step says otherwise. Default: no limit. */
  readonly stepTimeout?: Duration;
  /** How long the result is kept after the end at the least, even where the `ttl` ends sooner. Default: to the end of the `ttl`. */
  readonly resultTtl?: Duration;
  /** How long it stays in memory while it only waits, 0 included. Default: that of `createApp({ tasks: { hold } })`. */
  readonly hold?: Duration;
  /**
   * 1 (first) to 1000 (last). While several tasks wait for the slots of a worker, one of priority 10 is started ten times as often
   * as one of 100, and the lower number comes first. Default 100.
   */
  readonly priority?: number;
  /** Names the workers that run it: `startWorker(app, { queues })`. 1 to 64 of `A-Z a-z 0-9 _ -`. Default `'default'`. */
  readonly queue?: string;
  /**
   * A key of the checked input. A call by the same owner with the same key gets the task that the first one started, for as
   * long as that is kept. Default: every call starts a task.
   */
  idempotencyKey?(input: NoInfer<I>): string;
  /**
   * What happens where a replay asks a recorded step for something else than it did, as after a deploy with changed code:
   * `'fail'` ends the task with `NON_DETERMINISM`; `'continue'` keeps the record aside and does the step as it is asked now.
   * Default `'fail'`.
   */
  readonly onChange?: 'continue' | 'fail';
  /**
   * Begins within the request, like a plain tool: what the handler asks and does there comes before there is a task. It becomes
   * one where the handler awaits `ctx.detach()`, with all that was recorded; a handler that never does answers the request itself.
   * Default false: there is a task from the start.
   */
  readonly attached?: boolean;
  /** Starts a task by itself again and again, through a queue that can (BullMQ's). */
  readonly schedule?: TaskSchedule<NoInfer<I>>;
  /** The most activations of this task that one worker runs at a time. Default 10. */
  readonly concurrency?: number;
  /**
   * Whether clients must run it as a task (`'required'`) or may wait for the result in the
   * request itself (`'optional'`). Default `'optional'`. Sent as `execution.taskSupport` on 2025-11-25.
   */
  readonly support?: 'optional' | 'required';
}

/**
 * Completes one argument of a prompt or one variable of a resource template (`completion/complete`). `given` are the arguments
 * that the user has filled in already, `caller` is whose suggestions they are: what not everybody may see is for it to leave out.
 */
export type Completer = (
  value: string,
  given: Readonly<Record<string, string>>,
  caller: { readonly owner: string; readonly scopes: readonly string[] },
) => Awaitable<readonly string[]>;

interface ResourceBase extends Described {
  /** 1 to 128 characters of `A-Z a-z 0-9 _ - .`, unique among the app's resources; `title` is free text. */
  readonly name: string;
  readonly mimeType?: string;
  readonly annotations?: Annotations;
}

/** Options of a `@Resource` with a fixed URI; it wins over any template that covers the URI too. */
export interface FixedResourceOptions extends ResourceBase {
  /** An absolute URI of at most 2,048 characters. */
  readonly uri: string;
  readonly uriTemplate?: undefined;
  /** Size of the content in bytes, when it is known. */
  readonly size?: number;
  readonly complete?: undefined;
}

/** Options of a `@Resource` that serves every URI of a template. */
export interface ResourceTemplateOptions<U extends string = string> extends ResourceBase {
  readonly uri?: undefined;
  /** An RFC 6570 template (levels 1 to 3), such as `'report://{id}{?page}'`; the handler gets its variables. */
  readonly uriTemplate: U;
  /** Completers by variable. */
  readonly complete?: NoInfer<{ readonly [K in keyof UriVariables<U>]?: Completer }>;
}

/** Options of `@Resource`; exactly one of `uri` and `uriTemplate` is given. */
export type ResourceOptions<U extends string = string> = FixedResourceOptions | ResourceTemplateOptions<U>;

/** Options of `@Prompt`. Arguments are strings on the wire; the DTO's fields must accept strings. */
export interface PromptOptions<I = unknown> extends Described {
  /** 1 to 128 characters of `A-Z a-z 0-9 _ - .`, unique among the app's prompts. */
  readonly name: string;
  readonly description: string;
  /** The shape of the arguments. Without it the prompt takes none. */
  readonly input?: SchemaSource<I>;
  /** Completers by argument; an argument that is an enumeration needs none. */
  readonly complete?: { readonly [K in keyof NoInfer<I>]?: Completer };
}

/**
 * The most that an agent, or a task, may use together with all that it starts. Where a limit is reached, the next turn is the last and no tools
 * are offered on it; what runs already comes to its end, so that tokens and cost may exceed a limit by what a turn takes.
 */
export interface Budget {
  /** Model turns; repairs of a structured answer may come on top. */
  readonly turns?: number;
  /** Calls of tools; what a turn asks for beyond them is refused. */
  readonly toolCalls?: number;
  /** Tokens of requests and answers together. Where a model does not tell them, 4 characters count as one. */
  readonly tokens?: number;
  /** In the currency of the models' prices. Where a model does not tell its cost, it counts as none. */
  readonly cost?: number;
  /** From its start, waits included. */
  readonly time?: Duration;
}

/** What an agent may be given to use: a class with `@Tool`s, a tool of its own, or where more of them come from. */
export type AgentToolOption = Class | AgentTool | AgentToolSource;

/** Options of `@Agent`: who it is, what it may use and when it must stop. */
export interface AgentOptions {
  /**
   * Shown in progress and traces. Where other agents call it or hand over to it, the name is part of a tool's: at most 100 characters
   * of `A-Z a-z 0-9 _ - .`. Default: the class's name.
   */
  readonly name?: string;
  /** The system prompt. */
  readonly instructions: string;
  /** What it is good for: agents that have it as a tool, or may hand over to it, choose by this. */
  readonly description?: string;
  /**
   * What the agent may call: classes with `@Tool`s or `@Task`s, other agents, tools made by `agentTool`, and sources of tools. All
   * run as the caller, under the caller's scopes. A `@Task` that is listed in the app runs as a child task where a task runs the
   * agent. An agent takes a prompt, and its answer is the result.
   */
  readonly tools?: readonly AgentToolOption[];
  /**
   * Agents that it may hand the conversation over to: the next turns are taken with the other's instructions, tools, model and
   * handoffs, over the same messages.
   */
  readonly handoffs?: readonly Class[];
  /** Stand around its turns and tool calls, the first outermost, inside of the app's interceptors. */
  readonly intercept?: readonly AgentInterceptor[];
  /** What of a long conversation its model is sent: `trim(...)`, `summarize(...)` or a function. Default: all of it. */
  readonly context?: ContextStrategy;
  /** The most time that one tool call may take in a process, its waits included; then the model is told so. Default: no limit. */
  readonly toolTimeout?: Duration;
  /** Which model takes its turns. Default: that of `createApp({ model })`. */
  readonly model?: ModelChoice;
  /** The most model turns of its own; on the last one tools are not offered. Default 10. */
  readonly maxTurns?: number;
  /** What it may use together with the agents that it starts. Default: what the agents around it have left. */
  readonly budget?: Budget;
  /** The most tokens that one model turn may produce. Default 4096. */
  readonly maxTokens?: number;
  /** Passed to the model. Default: the model's own. */
  readonly temperature?: number;
  /** Passed to the client's model (`client/sampling`): hints, and priorities from 0 to 1. */
  readonly modelPreferences?: ModelPreferences;
  /** The most tool calls of one turn that run at a time. Default 8. */
  readonly concurrency?: number;
}
