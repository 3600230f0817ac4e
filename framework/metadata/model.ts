import type { CreateMessageRequestParams, CreateMessageResult, Json, SamplingMessage } from '../spec.js';

/** What a model turn used. What is not known is left out, never 0. */
export interface Usage {
  /** Tokens of the request, those that came from the provider's cache included. */
  readonly inputTokens?: number;
  /** Of these, the tokens that the provider had in its cache. */
  readonly cachedInputTokens?: number;
  /** Tokens of the answer, hidden reasoning included. */
  readonly outputTokens?: number;
  /** In one currency for all models of an app, such as US dollars. */
  readonly cost?: number;
}

/**
 * What a model answers: the message in sampling's shape, and beside it what it used. A field of its own, because a message's
 * `_meta` is the client's to fill in, and a budget must not hang on what a client claims.
 */
export type ModelAnswer = CreateMessageResult & {
  readonly usage?: Usage;
  /**
   * What the provider wants back with this message on later turns, such as signed reasoning. It is recorded with the turn, counts
   * as part of the answer's size, and is shown to nobody: not to authors, interceptors or clients, nor to the model of a client.
   */
  readonly carry?: Json;
};

/** What a model is given beside the request. */
export interface ModelOptions {
  /** Aborts when the call is cancelled or its time is over. */
  readonly signal: AbortSignal;
  /** Takes pieces of the answer's text as they come: they are shown as progress and recorded nowhere. */
  readonly onText?: (piece: string) => void;
  /**
   * The {@link ModelAnswer.carry} that came with a message of the request; undefined where none did, or where somebody put another
   * message in its place. Another model of a list may have given it: a provider takes back only what it knows for its own.
   */
  readonly carried?: (message: SamplingMessage) => Json | undefined;
}

/**
 * A language model in the shape of `sampling/createMessage` (SEP-1577): a provider of the server's own. An error that it throws is the
 * turn's failure, after the next model of a list was tried.
 */
export type Model = (request: CreateMessageRequestParams, options: ModelOptions) => Promise<ModelAnswer>;

/**
 * Which model takes an agent's turns: one of the server's, or `'client'` for the client's own, by sampling. In a list the next one
 * is asked where one fails, or where the client has none; the turns after that begin with the one that answered.
 */
export type ModelChoice = Model | 'client' | readonly [Model | 'client', ...(Model | 'client')[]];
