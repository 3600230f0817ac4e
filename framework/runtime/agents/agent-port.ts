import type { ToolEntry } from '../../catalog/catalog.js';
import type { AgentInterceptor, Conversation, Summary } from '../../metadata/agent-hooks.js';
import type { ToolCaller } from '../../metadata/agent-tool.js';
import type { Awaitable, Class } from '../../metadata/class.js';
import type { ModelChoice } from '../../metadata/model.js';
import type { Budget } from '../../metadata/options.js';
import type { CallToolResult, CreateMessageResult, Json, SamplingMessage } from '../../spec.js';
import type { AgentRequest, AgentResult, AgentStop, AgentUsage, SampleRequest } from '../context.js';
import type { Division, Meter } from '../budget/meter.js';
import type { Slots } from '../slots.js';

/** What an agent is, as far as its host is concerned. */
export interface AgentStart {
  readonly name: string;
  readonly budget: Budget;
}

/** A turn that a loop wants taken. */
export interface AgentTurn {
  /** The name of the agent that speaks: after a handover another than the one that was started. */
  readonly agent: string;
  /** Counted from 1. */
  readonly number: number;
  /** All that was said so far: what must be the same on a replay. */
  readonly messages: readonly SamplingMessage[];
  /** The limit of the loop's own that makes it the last turn. */
  readonly limit?: AgentStop | undefined;
  /**
   * Makes the request, where the turn is really taken; `limit` is what makes it the last, a budget's limit included, and `ask` asks
   * the model something aside.
   */
  request(limit: AgentStop | undefined, ask: Conversation['ask']): Awaitable<PreparedTurn>;
  readonly intercept?: readonly AgentInterceptor[] | undefined;
  readonly usesTools: boolean;
  readonly model?: ModelChoice | undefined;
}

/** What a model is asked, and the summary that was made for it. */
export interface PreparedTurn {
  readonly request: SampleRequest;
  readonly summary?: Summary | undefined;
}

/** A turn that was taken, now or in an earlier run. */
export interface TakenTurn {
  readonly answer: CreateMessageResult;
  /** What the model wants to see again with it. */
  readonly carry?: Json;
  /** What made it the last, as it was decided when it was taken. */
  readonly limit?: AgentStop;
  /** How many of its tool calls the budget has room for; undefined where nothing limits them. */
  readonly room?: number;
  readonly summary?: Summary;
}

/** A tool call that a model asked for. */
export interface AgentToolCall {
  /** The name of the agent. */
  readonly agent: string;
  readonly useId: string;
  readonly name: string;
  readonly input: unknown;
  readonly intercept?: readonly AgentInterceptor[] | undefined;
  /** The most milliseconds that it may take. */
  readonly timeout?: number | undefined;
  /** Its own of the round that it is part of. */
  readonly share: Meter;
  /** What the calls of a turn share that run at a time. */
  readonly slots: Slots;
  /** Finds the tool, where the call is not recorded; undefined where there is none of that name. */
  find(): Awaitable<ToolEntry | undefined>;
  /** What the model is told where there is none. */
  refusal(): string;
}

/** What an agent loop is given by the call that it runs in. Everything it does is recorded under the agent's scope. */
export interface AgentHost {
  /** How many agents it runs inside of, itself included. */
  readonly depth: number;
  /** For whom tools are listed. */
  readonly caller: ToolCaller;
  /** What the agent and all that it started have used so far. */
  readonly used: AgentUsage;
  /** Comes before everything else. */
  start(agent: AgentStart): Promise<void>;
  /** Takes a model turn. */
  turn(turn: AgentTurn): Promise<TakenTurn>;
  /** Counts the calls of one answer, and divides among them what is left for agents that they start. */
  round(calls: number): Division;
  /**
   * Calls a tool on behalf of the surrounding call's principal; recorded under `useId`. Never throws for what the tool does:
   * bad arguments and errors are results with `isError`.
   */
  callTool(call: AgentToolCall): Promise<CallToolResult>;
  /** Counts `work` as in flight, so that the call does not park over it. */
  busy<T>(work: () => Awaitable<T>): Promise<T>;
  /** Comes last; without `result` the agent failed. */
  end(result?: AgentResult<unknown>): void;
}

/** Runs an agent; the port behind `ctx.agent`. */
export type RunAgent = (host: AgentHost, agent: Class, request: AgentRequest<unknown>) => Promise<AgentResult<unknown>>;
