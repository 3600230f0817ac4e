/**
 * The specification's own types, inferred from the official schemas of `@modelcontextprotocol/core`.
 * Types only: nothing here is loaded at run time.
 */
import type { StandardSchemaV1 } from '@standard-schema/spec';
import type * as core from '@modelcontextprotocol/core';

type Infer<S extends StandardSchemaV1> = StandardSchemaV1.InferOutput<S>;

/** A protocol revision that Perdura serves; both are served from the same classes at the same time. */
export type Revision = '2025-11-25' | '2026-07-28';

/** Hints about who content is for and how much it matters (`server/resources`, annotations). */
export type Annotations = Infer<typeof core.AnnotationsSchema>;
/** What a tool call comes back with (`server/tools`). */
export type CallToolResult = Infer<typeof core.CallToolResultSchema>;
/** What a client said that it can do. */
export type ClientCapabilities = Infer<typeof core.ClientCapabilitiesSchema>;
/** Text, an image, audio, a resource or a link to one, in a result or a message. */
export type ContentBlock = Infer<typeof core.ContentBlockSchema>;
/** What a client's model is asked (`client/sampling`). */
export type CreateMessageRequestParams = Infer<typeof core.CreateMessageRequestParamsSchema>;
/** What a client's model answered, tool calls included (SEP-1577). */
export type CreateMessageResult = Infer<typeof core.CreateMessageResultWithToolsSchema>;
/** What a user is asked by a form (`client/elicitation`). */
export type ElicitRequestFormParams = Infer<typeof core.ElicitRequestFormParamsSchema>;
/** Which page a user is asked to open (`client/elicitation`, URL mode); only 2025-11-25 has ids of elicitations. */
export type ElicitRequestUrlParams = Omit<Infer<typeof core.ElicitRequestURLParamsSchema>, 'elicitationId'> & {
  elicitationId?: string;
};
/** The user's answer: accepted with content, declined or cancelled. */
export type ElicitResult = Infer<typeof core.ElicitResultSchema>;
/** The messages of a prompt (`server/prompts`). */
export type GetPromptResult = Infer<typeof core.GetPromptResultSchema>;
/** A picture for user interfaces (SEP-973). */
export type Icon = Infer<typeof core.IconSchema>;
/** The name and version of a server or a client. */
export type Implementation = Infer<typeof core.ImplementationSchema>;
/** How severe a log message is: the eight levels of RFC 5424. */
export type LoggingLevel = Infer<typeof core.LoggingLevelSchema>;
/** Which model to choose: hints, and priorities from 0 to 1. */
export type ModelPreferences = Infer<typeof core.ModelPreferencesSchema>;
/** A prompt as `prompts/list` shows it. */
export type Prompt = Infer<typeof core.PromptSchema>;
/** One message of a prompt. */
export type PromptMessage = Infer<typeof core.PromptMessageSchema>;
/** The contents of a resource (`server/resources`). */
export type ReadResourceResult = Infer<typeof core.ReadResourceResultSchema>;
/** What a response names its request by. */
export type RequestId = Infer<typeof core.RequestIdSchema>;
/** A resource as `resources/list` shows it. */
export type Resource = Infer<typeof core.ResourceSchema>;
/** A template as `resources/templates/list` shows it. */
export type ResourceTemplate = Infer<typeof core.ResourceTemplateSchema>;
/** A folder or file that a client works on: a `file://` URI, and perhaps a name (`client/roots`). */
export type Root = Infer<typeof core.RootSchema>;
/** One message of the conversation that a model is given (`client/sampling`). */
export type SamplingMessage = Infer<typeof core.SamplingMessageSchema>;
/** What the server said that it can do. */
export type ServerCapabilities = Infer<typeof core.ServerCapabilitiesSchema>;
/** Where a task stands (`basic/utilities/tasks`). */
export type TaskStatus = Infer<typeof core.TaskStatusSchema>;
/** A tool as `tools/list` shows it. */
export type Tool = Infer<typeof core.ToolSchema>;
/** Hints about a tool's behaviour; none of them is a promise. */
export type ToolAnnotations = Infer<typeof core.ToolAnnotationsSchema>;
/** The result of a tool call, as a model is given it (SEP-1577). */
export type ToolResultContent = Infer<typeof core.ToolResultContentSchema>;
/** A tool call that a model asks for (SEP-1577). */
export type ToolUseContent = Infer<typeof core.ToolUseContentSchema>;

/** A value that JSON carries without loss. */
export type Json = string | number | boolean | null | readonly Json[] | { readonly [key: string]: Json };

/** A question to the client in the shape that both revisions share (SEP-2322 `InputRequest`). */
export type InputRequest =
  | { readonly method: 'elicitation/create'; readonly params: ElicitRequestFormParams | ElicitRequestUrlParams }
  | { readonly method: 'sampling/createMessage'; readonly params: CreateMessageRequestParams }
  | { readonly method: 'roots/list'; readonly params?: Record<string, never> };

/** The client's answer to an {@link InputRequest}; untrusted until it is validated. */
export type InputResponse = Record<string, unknown>;
