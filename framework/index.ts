/** `perdura`: everything that declares a server and puts it together. */
export { createApp } from './server/assembly/create-app.js';
export type { App, Route, RouteHandler, RouteVisit } from './server/app.js';
export { LiveCatalog } from './catalog/live-catalog.js';
export type { EntryKind } from './catalog/catalog-state.js';
export type {
  AgentEntry,
  Entry,
  PromptEntry,
  ResourceEntry,
  ResourceTemplateEntry,
  ToolEntry,
} from './catalog/catalog.js';
export type { AppOptions, Limits, RedisSettings, TaskEngineOptions } from './server/app-options.js';
export type { PageOptions } from './server/pages/app-pages.js';
export type { StartOptions } from './server/start-task.js';
export type { Offered, Plugin, PluginHost } from './server/plugin.js';
export { TaskTrace } from './server/task-trace.js';
export { serverJson, type RegistryInput, type ServerJsonOptions } from './server/identity/server-json.js';

export type { Rate, RateLimits } from './protocol/rates.js';
export type {
  Extension,
  ExtensionFallback,
  ExtensionMethod,
  ExtensionRequest,
} from './protocol/extensions/extension.js';

export { Agent } from './decorators/agent.js';
export { Inject, Injectable } from './decorators/injectable.js';
export { Prompt } from './decorators/prompt.js';
export { Description, Examples, Header, Items, Title } from './decorators/properties.js';
export { Resource } from './decorators/resource.js';
export { Task } from './decorators/task.js';
export { Tool } from './decorators/tool.js';
export { jsonSchema } from './schema/json-schema.js';
export type { JsonSchema, Schema } from './schema/schema.js';

export type { HandlerDecorator } from './decorators/handler.js';
export type { Awaitable, Class } from './metadata/class.js';
export type { JsonOf } from './metadata/json-of.js';
export { milliseconds } from './metadata/duration.js';
export type {
  AgentOptions,
  AgentToolOption,
  Backoff,
  Budget,
  Completer,
  Duration,
  FixedResourceOptions,
  OutputSource,
  PromptOptions,
  ResourceOptions,
  ResourceTemplateOptions,
  SchemaSource,
  TaskOptions,
  TaskSchedule,
  ToolOptions,
} from './metadata/options.js';

export type { NoInput, PromptReturn, ResourceReturn, ToolReturn, Unshaped } from './metadata/results.js';
export type { UriVariables } from './metadata/uri-variables.js';

export { BootError, InsufficientScope, PerduraError, ProtocolError, ToolError } from './errors.js';
export type { ErrorCode } from './errors.js';
export { ElicitationDeclined } from './runtime/asking/elicitation.js';

export type { Call, Interceptor, RunEnd } from './runtime/call.js';
export type {
  AgentRequest,
  AgentResult,
  AgentStop,
  AgentUsage,
  AskOptions,
  CallContext,
  ChildOptions,
  Client,
  ElicitOptions,
  Logger,
  SampleRequest,
  StepFunction,
  StepOptions,
  TaskClass,
  TaskContext,
} from './runtime/context.js';
export type { Page, PageClass, PageReply, PageVisit } from './runtime/asking/page.js';
export { ANONYMOUS } from './runtime/principal.js';
export type { Principal } from './runtime/principal.js';
export type { Provider, Token } from './runtime/container/provider.js';
export { formatTrace } from './runtime/trace/format-trace.js';
export type { Trace, TraceKind, TraceSpan } from './runtime/trace/trace.js';
export { CALL_CONTEXT, PRINCIPAL } from './runtime/container/tokens.js';

export type { Survey, SurveyQuery, TaskSummary } from './tasks/survey.js';
export type { TaskEvent, TaskEventKind } from './tasks/task-events.js';
export type { MakingInterceptor, TaskMaking } from './tasks/task-making.js';
export type { Model, ModelAnswer, ModelChoice, ModelOptions, Usage } from './metadata/model.js';
export type { AgentTool, AgentToolSource, Approval, OnCrash, ToolCaller } from './metadata/agent-tool.js';
export { agentTool, type AgentToolOptions } from './agent/agent-tool.js';
export { summarize, trim, type ContextLimits, type SummarizeOptions } from './agent/context-strategies.js';
export type {
  AgentInterceptor,
  ContextStrategy,
  Conversation,
  FittedConversation,
  InterceptedToolCall,
  InterceptedTurn,
  Summary,
  TurnRequest,
} from './metadata/agent-hooks.js';
export type { AgentEvent } from './runtime/agents/agent-events.js';
export type { AskedModel, ModelInterceptor } from './runtime/agents/model-interceptor.js';
export type {
  Annotations,
  CallToolResult,
  ClientCapabilities,
  ContentBlock,
  CreateMessageRequestParams,
  CreateMessageResult,
  ElicitResult,
  GetPromptResult,
  Icon,
  Implementation,
  Json,
  LoggingLevel,
  ModelPreferences,
  PromptMessage,
  ReadResourceResult,
  Revision,
  Root,
  SamplingMessage,
  TaskStatus,
  Tool as ToolDefinition,
  ToolAnnotations,
  ToolResultContent,
  ToolUseContent,
} from './spec.js';
