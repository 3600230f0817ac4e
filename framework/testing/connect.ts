import type { App } from '../server/app.js';
import { checkAwaited } from '../server/check-awaited.js';
import type { JsonRpcNotification } from '../protocol/messages/json-rpc.js';
import { ANONYMOUS, type Principal } from '../runtime/principal.js';
import type {
  CallToolResult,
  GetPromptResult,
  Implementation,
  LoggingLevel,
  Prompt,
  ReadResourceResult,
  Resource,
  ResourceTemplate,
  Revision,
  Tool,
} from '../spec.js';
import type { Answers } from './answers.js';
import { type Connection, type RequestOptions, Wire, type WireMessage } from './connection.js';
import { connect2025 } from './connection-2025-11-25.js';
import { connect2026 } from './connection-2026-07-28.js';
import { stayAwake } from './stay-awake.js';

/** Who the test's client is and how it answers. */
export interface ConnectOptions extends Answers {
  readonly revision: Revision;
  /** Default: the anonymous caller. */
  readonly principal?: Principal;
  readonly clientInfo?: Implementation;
  /** Whether the client declares the tasks extension on 2026-07-28. Default true. */
  readonly tasks?: boolean;
  /** The least log level that the client asks for. Default: none. */
  readonly logLevel?: LoggingLevel;
}

/** A client in the same process, on either revision: no socket, but every message goes through JSON. */
export interface TestClient extends Connection {
  readonly revision: Revision;
  /** Everything that crossed the wire so far. */
  readonly messages: readonly WireMessage[];
  /** Every notification so far. */
  readonly notifications: readonly JsonRpcNotification[];
  listTools(): Promise<readonly Tool[]>;
  listResources(): Promise<readonly Resource[]>;
  listResourceTemplates(): Promise<readonly ResourceTemplate[]>;
  listPrompts(): Promise<readonly Prompt[]>;
  callTool(name: string, args?: Readonly<Record<string, unknown>>, options?: RequestOptions): Promise<CallToolResult>;
  readResource(uri: string): Promise<ReadResourceResult>;
  getPrompt(name: string, args?: Readonly<Record<string, string>>): Promise<GetPromptResult>;
  /** Starts a task and follows it to its end. */
  runTask(name: string, args?: Readonly<Record<string, unknown>>): Promise<CallToolResult>;
}

/**
 * Connects a client to an app in memory. Whatever the server asks is answered by `elicit`, `sample` and `roots`
 * of the options; what is not given is not declared.
 */
export async function connect(app: App, options: ConnectOptions): Promise<TestClient> {
  checkAwaited(app);
  const wire = new Wire(options.principal ?? ANONYMOUS);
  const notifications: JsonRpcNotification[] = [];
  const clientInfo = options.clientInfo ?? { name: 'perdura-testing', version: '1.0.0' };
  const record = (message: JsonRpcNotification): void => void notifications.push(message);
  const speaking =
    options.revision === '2025-11-25'
      ? await connect2025(app, wire, options, clientInfo, record)
      : connect2026(app, wire, options, clientInfo, record, {
          tasks: options.tasks ?? true,
          ...(options.logLevel && { logLevel: options.logLevel }),
        });
  if (options.revision === '2025-11-25' && options.logLevel) {
    await speaking.request('logging/setLevel', { level: options.logLevel });
  }

  const connection = awake(app, speaking);
  const list = async <T>(method: string, field: string): Promise<readonly T[]> => {
    const entries: T[] = [];
    for (let cursor: unknown; ;) {
      const page = await connection.request(method, cursor === undefined ? {} : { cursor });
      entries.push(...(page[field] as readonly T[]));
      cursor = page['nextCursor'];
      if (cursor === undefined) return entries;
    }
  };

  return {
    ...connection,
    revision: options.revision,
    messages: wire.messages,
    notifications,
    listTools: () => list('tools/list', 'tools'),
    listResources: () => list('resources/list', 'resources'),
    listResourceTemplates: () => list('resources/templates/list', 'resourceTemplates'),
    listPrompts: () => list('prompts/list', 'prompts'),
    callTool: async (name, args = {}, request) =>
      (await connection.request('tools/call', { name, arguments: args }, request)) as CallToolResult,
    readResource: async (uri) => (await connection.request('resources/read', { uri })) as ReadResourceResult,
    getPrompt: async (name, args = {}) =>
      (await connection.request('prompts/get', { name, arguments: args })) as GetPromptResult,
    runTask: async (name, args = {}) => {
      const { taskId } = await connection.startTask(name, args);
      return (await connection.followTask(taskId)) as CallToolResult;
    },
  };
}

function awake(app: App, connection: Connection): Connection {
  return {
    ...connection,
    // A subscription lasts as long as the test likes, and does not outlive it.
    request: (method, ...rest) => {
      const answer = connection.request(method, ...rest);
      return method === 'subscriptions/listen' ? answer : stayAwake(app, answer);
    },
    startTask: (...args) => stayAwake(app, connection.startTask(...args)),
    getTask: (taskId) => stayAwake(app, connection.getTask(taskId)),
    cancelTask: (taskId) => stayAwake(app, connection.cancelTask(taskId)),
    followTask: (taskId) => stayAwake(app, connection.followTask(taskId)),
  };
}
