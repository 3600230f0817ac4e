import { readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import ts from 'typescript';

const ROOT = resolve(__dirname, '../..');

/** What each public door exports. A change here is a change of the public interface: note it in CHANGELOG.md. */
const PUBLIC: Readonly<Record<string, readonly string[]>> = {
  index: [
    'ANONYMOUS',
    'Agent',
    'BootError',
    'CALL_CONTEXT',
    'Description',
    'ElicitationDeclined',
    'Examples',
    'Header',
    'Inject',
    'Injectable',
    'Items',
    'LiveCatalog',
    'PRINCIPAL',
    'PerduraError',
    'Prompt',
    'ProtocolError',
    'Resource',
    'Task',
    'TaskTrace',
    'Title',
    'Tool',
    'ToolError',
    'agentTool',
    'createApp',
    'formatTrace',
    'milliseconds',
    'jsonSchema',
    'serverJson',
    'summarize',
    'trim',
    'type AgentEvent',
    'type AgentInterceptor',
    'type AgentOptions',
    'type AgentRequest',
    'type AgentResult',
    'type AgentStop',
    'type AgentTool',
    'type AgentToolOption',
    'type AgentToolOptions',
    'type AgentToolSource',
    'type AgentUsage',
    'type Annotations',
    'type App',
    'type AppOptions',
    'type Approval',
    'type AskOptions',
    'type AskedModel',
    'type Awaitable',
    'type Backoff',
    'type Budget',
    'type Call',
    'type CallContext',
    'type CallToolResult',
    'type ChildOptions',
    'type Class',
    'type Client',
    'type ClientCapabilities',
    'type Completer',
    'type ContentBlock',
    'type ContextLimits',
    'type ContextStrategy',
    'type Conversation',
    'type CreateMessageRequestParams',
    'type CreateMessageResult',
    'type Duration',
    'type ElicitOptions',
    'type ElicitResult',
    'type EntryKind',
    'type ErrorCode',
    'type Extension',
    'type ExtensionFallback',
    'type ExtensionMethod',
    'type ExtensionRequest',
    'type FittedConversation',
    'type FixedResourceOptions',
    'type GetPromptResult',
    'type HandlerDecorator',
    'type Icon',
    'type Implementation',
    'type InterceptedToolCall',
    'type InterceptedTurn',
    'type Interceptor',
    'type Json',
    'type JsonSchema',
    'type Limits',
    'type Logger',
    'type LoggingLevel',
    'type MakingInterceptor',
    'type Model',
    'type ModelAnswer',
    'type ModelChoice',
    'type ModelInterceptor',
    'type ModelOptions',
    'type ModelPreferences',
    'type NoInput',
    'type Offered',
    'type OnCrash',
    'type Page',
    'type PageClass',
    'type PageOptions',
    'type PageReply',
    'type PageVisit',
    'type Plugin',
    'type PluginHost',
    'type Principal',
    'type PromptMessage',
    'type PromptOptions',
    'type PromptReturn',
    'type Provider',
    'type Rate',
    'type RateLimits',
    'type ReadResourceResult',
    'type RedisSettings',
    'type RegistryInput',
    'type ResourceOptions',
    'type ResourceReturn',
    'type ResourceTemplateOptions',
    'type Revision',
    'type Root',
    'type RunEnd',
    'type SampleRequest',
    'type SamplingMessage',
    'type SchemaSource',
    'type ServerJsonOptions',
    'type StepFunction',
    'type StepOptions',
    'type SummarizeOptions',
    'type Summary',
    'type TaskClass',
    'type TaskContext',
    'type TaskEngineOptions',
    'type TaskEvent',
    'type TaskEventKind',
    'type TaskMaking',
    'type TaskOptions',
    'type TaskSchedule',
    'type Token',
    'type Trace',
    'type TraceKind',
    'type TraceSpan',
    'type ToolAnnotations',
    'type ToolCaller',
    'type ToolDefinition',
    'type ToolOptions',
    'type ToolResultContent',
    'type ToolReturn',
    'type ToolUseContent',
    'type TurnRequest',
    'type Unshaped',
    'type UriVariables',
    'type Usage',
  ],
  http: [
    'fetchHandler',
    'httpHandler',
    'serveHttp',
    'type AuthorizationOptions',
    'type CardOptions',
    'type CloseOptions',
    'type FetchHandler',
    'type FetchOptions',
    'type HttpHandler',
    'type HttpOptions',
    'type HttpRequest',
    'type HttpServer',
    'type Repository',
    'type SessionLimits',
    'type VerifiedToken',
  ],
  stdio: ['serveStdio', 'type StdioOptions', 'type StdioServer'],
  worker: ['startWorker', 'type Worker', 'type WorkerOptions'],
  testing: [
    'RpcError',
    'connect',
    'expectTranscript',
    'expectWithin',
    'recordedModel',
    'scriptedModel',
    'testApp',
    'type Answers',
    'type ConnectOptions',
    'type Connection',
    'type RequestOptions',
    'type ScriptedModel',
    'type ScriptedTurn',
    'type StepMatch',
    'type TaskView',
    'type TestApp',
    'type TestClient',
    'type Transcript',
    'type WireMessage',
  ],
};

function doors(): string[] {
  const { exports } = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8')) as {
    exports: Record<string, { default: string } | string>;
  };
  return Object.values(exports).flatMap((target) =>
    typeof target === 'string' ? [] : (/^\.\/dist\/framework\/(\w+)\.js$/.exec(target.default)?.[1] ?? []),
  );
}

/** The names that a door lists, types marked as such. Lint forbids `export *`, so the list is the whole of it. */
function namesOf(door: string): string[] {
  const path = join(ROOT, 'framework', `${door}.ts`);
  const source = ts.createSourceFile(path, readFileSync(path, 'utf8'), ts.ScriptTarget.Latest);
  return source.statements
    .filter(ts.isExportDeclaration)
    .flatMap(({ exportClause, isTypeOnly }) =>
      exportClause && ts.isNamedExports(exportClause)
        ? exportClause.elements.map(({ name, isTypeOnly: own }) => `${isTypeOnly || own ? 'type ' : ''}${name.text}`)
        : [],
    )
    .sort();
}

it('lists every door of package.json', () => {
  expect(doors()).toEqual(Object.keys(PUBLIC));
});

describe.each(Object.entries(PUBLIC))('framework/%s.ts', (door, names) => {
  it('exports the listed names and no others', () => {
    expect(namesOf(door)).toEqual([...names].sort());
  });

  it('gives at run time the listed values', async () => {
    const module = (await import(join(ROOT, 'framework', door))) as object;
    expect(Object.keys(module).sort()).toEqual(names.filter((name) => !name.startsWith('type ')).sort());
  });
});
