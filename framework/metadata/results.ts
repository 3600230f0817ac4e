import type { CallToolResult, GetPromptResult, PromptMessage } from '../spec.js';

/** What a handler is given for input where its options promise none: an empty object. */
// An interface, so that the compiler says its name where a handler takes what its options do not promise.
// eslint-disable-next-line @typescript-eslint/no-empty-object-type -- an empty object is what it is
export interface NoInput {}

/**
 * What a `@Tool` or `@Task` without `output` may return beside a `CallToolResult`: text, nothing, or anything that JSON
 * carries. Objects are not looked into: a class instance has no index signature to check.
 */
// eslint-disable-next-line @typescript-eslint/no-invalid-void-type -- a handler without a return statement is a handler
export type Unshaped = string | number | boolean | null | undefined | void | object;

/** What a `@Tool` or `@Task` returns: its output, or a whole result with content blocks. */
export type ToolReturn<O> = O | CallToolResult;

/**
 * What a `@Resource` returns: text, bytes (a `Uint8Array`), a whole `ReadResourceResult`, or an object or list that is sent as
 * JSON. Nothing (`undefined`, `null`) means that there is no such resource.
 */
export type ResourceReturn = string | object | null | undefined;

/** What a `@Prompt` returns: the text of one user message, the messages, or the whole result. */
export type PromptReturn = string | readonly PromptMessage[] | GetPromptResult;
