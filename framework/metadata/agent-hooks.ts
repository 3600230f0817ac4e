import type { CallToolResult, CreateMessageRequestParams, CreateMessageResult, SamplingMessage } from '../spec.js';
import type { ToolCaller } from './agent-tool.js';
import type { Awaitable } from './class.js';

/** What a model is asked, its `maxTokens` optional. */
export type TurnRequest = Omit<CreateMessageRequestParams, 'maxTokens'> & { readonly maxTokens?: number };

/** A model turn that is about to be taken. */
export interface InterceptedTurn {
  readonly agent: string;
  /** Counted from 1. */
  readonly turn: number;
  readonly request: TurnRequest;
  readonly caller: ToolCaller;
}

/** A tool call that is about to run; where the tool needs approval, it has that. */
export interface InterceptedToolCall {
  readonly agent: string;
  readonly tool: string;
  /** As the model gave it, not checked yet. */
  readonly input: unknown;
  readonly caller: ToolCaller;
}

/**
 * Stands around an agent's turns and tool calls: to look at them, change what goes in or comes out, answer in their place, or
 * refuse. What comes out is what is recorded, so that a replay runs none of this again. A `ToolError` ends the agent with its
 * message in a turn, and is told to the model in a tool call. `next` may be called once.
 */
export interface AgentInterceptor {
  turn?(
    turn: InterceptedTurn,
    next: (request?: TurnRequest) => Promise<CreateMessageResult>,
  ): Awaitable<CreateMessageResult>;
  tool?(call: InterceptedToolCall, next: (input?: unknown) => Promise<CallToolResult>): Awaitable<CallToolResult>;
}

/** What stands for the beginning of a conversation that has become too long. */
export interface Summary {
  readonly text: string;
  /** How many messages of the conversation it stands for, the prompt included. */
  readonly upTo: number;
}

/** A conversation that is to be sent to a model. */
export interface Conversation {
  /** All of it: what the agent was asked, then its turns, each followed by the results of the tools that it called. */
  readonly messages: readonly SamplingMessage[];
  /** How many of them are what the agent was asked. */
  readonly asked: number;
  /** The latest summary that the strategy gave back for this conversation. */
  readonly summary?: Summary;
  /** Asks the agent's model aside and gives back its text; recorded, and counted in the budget as a turn. */
  ask(request: TurnRequest): Promise<string>;
}

/** What of a conversation is sent. */
export interface FittedConversation {
  readonly messages: readonly SamplingMessage[];
  /** Recorded with the turn, and given back with the next one. */
  readonly summary?: Summary;
}

/**
 * Decides what of a conversation a model is sent; `trim` and `summarize` make such. It runs when a turn is really taken: the agent
 * itself keeps all that was said, and a replay goes by that.
 */
export type ContextStrategy = (conversation: Conversation) => Awaitable<FittedConversation>;
