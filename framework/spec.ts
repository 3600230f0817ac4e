/**
 * The specification's own types, inferred from the official schemas of `@modelcontextprotocol/core`.
 * Types only: nothing here is loaded at run time.
 */
import type { StandardSchemaV1 } from '@standard-schema/spec';
import type * as core from '@modelcontextprotocol/core';

type Infer<S extends StandardSchemaV1> = StandardSchemaV1.InferOutput<S>;

/** A protocol revision that Perdura serves; both are served from the same classes at the same time. */
export type Revision = '2025-11-25' | '2026-07-28';

export type Annotations = Infer<typeof core.AnnotationsSchema>;
export type CallToolResult = Infer<typeof core.CallToolResultSchema>;
export type ClientCapabilities = Infer<typeof core.ClientCapabilitiesSchema>;
export type ContentBlock = Infer<typeof core.ContentBlockSchema>;
export type CreateMessageRequestParams = Infer<typeof core.CreateMessageRequestParamsSchema>;
export type CreateMessageResult = Infer<typeof core.CreateMessageResultWithToolsSchema>;
export type ElicitRequestFormParams = Infer<typeof core.ElicitRequestFormParamsSchema>;
export type ElicitResult = Infer<typeof core.ElicitResultSchema>;
export type GetPromptResult = Infer<typeof core.GetPromptResultSchema>;
export type Icon = Infer<typeof core.IconSchema>;
export type Implementation = Infer<typeof core.ImplementationSchema>;
export type LoggingLevel = Infer<typeof core.LoggingLevelSchema>;
export type ModelPreferences = Infer<typeof core.ModelPreferencesSchema>;
export type Prompt = Infer<typeof core.PromptSchema>;
export type PromptMessage = Infer<typeof core.PromptMessageSchema>;
export type ReadResourceResult = Infer<typeof core.ReadResourceResultSchema>;
export type RequestId = Infer<typeof core.RequestIdSchema>;
export type Resource = Infer<typeof core.ResourceSchema>;
export type ResourceTemplate = Infer<typeof core.ResourceTemplateSchema>;
export type SamplingMessage = Infer<typeof core.SamplingMessageSchema>;
export type ServerCapabilities = Infer<typeof core.ServerCapabilitiesSchema>;
export type TaskStatus = Infer<typeof core.TaskStatusSchema>;
export type Tool = Infer<typeof core.ToolSchema>;
export type ToolAnnotations = Infer<typeof core.ToolAnnotationsSchema>;
export type ToolResultContent = Infer<typeof core.ToolResultContentSchema>;
export type ToolUseContent = Infer<typeof core.ToolUseContentSchema>;

/** A value that JSON carries without loss. */
export type Json = string | number | boolean | null | readonly Json[] | { readonly [key: string]: Json };

/** A question to the client in the shape that both revisions share (SEP-2322 `InputRequest`). */
export type InputRequest =
  | { readonly method: 'elicitation/create'; readonly params: ElicitRequestFormParams }
  | { readonly method: 'sampling/createMessage'; readonly params: CreateMessageRequestParams }
  | { readonly method: 'roots/list'; readonly params?: Record<string, never> };

/** The client's answer to an {@link InputRequest}; untrusted until it is validated. */
export type InputResponse = Record<string, unknown>;
