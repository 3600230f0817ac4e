/** `perdura/plugins/remote-tools`: lets agents use the tools of other MCP servers. */
import {
  type AgentTool,
  agentTool,
  type AgentToolSource,
  type CallContext,
  type CallToolResult,
  type Duration,
  milliseconds,
  PerduraError,
  type Plugin,
  ToolError,
  type ToolDefinition,
} from 'perdura';
import { Connection, loadClient } from './connection.js';
import type { RemoteServer } from './remote-server.js';
import { remoteResult } from './remote-result.js';

export type { HttpServer, RemoteServer, StdioServer } from './remote-server.js';

/** Which server {@link remoteTools} speaks to, and what of it agents may use. */
export interface RemoteToolsOptions {
  /** What messages and errors call the server. */
  readonly name: string;
  readonly server: RemoteServer;
  /** The names of the tools that agents may use. Others are never offered and never called, whatever the server lists. */
  readonly allow: readonly string[];
  /** Put before the names, so that tools of different servers do not clash. Default: nothing. */
  readonly prefix?: string;
  /** Whether the user must agree before a tool is called: always, or where the function says so. Default: they need not. */
  readonly approval?:
    boolean | ((tool: string, input: Readonly<Record<string, unknown>>) => boolean | Promise<boolean>);
  /** The protocol revision that is spoken. Default `'auto'`: the newest that the server knows; costs a second start of a program. */
  readonly revision?: 'auto' | '2025-11-25' | '2026-07-28';
  /** The most time that a connection or a call may take. Default `'1m'`. */
  readonly timeout?: Duration;
  /** The most bytes of a result; a larger one is an error that the model is told of. Default 256 KiB. */
  readonly resultBytes?: number;
}

// Both are read by the model with every request: a server has no business with more.
const DESCRIPTION_LENGTH = 4096;
const SCHEMA_LENGTH = 64 * 1024;

/**
 * Tools of another MCP server: list the value in `createApp({ use })` and name it in an agent's `tools`. The server is started, or
 * called, when an agent first needs its tools; once it is lost, it is started again by the next use; it is closed with the app. It
 * knows nothing of who called this server: what it may do, all callers may.
 *
 * @throws PerduraError `INVALID_DURATION`; at the start `PACKAGE_MISSING`, `PLUGIN_MISTAKE`; an agent `REMOTE_SERVER_UNAVAILABLE`
 */
export function remoteTools(options: RemoteToolsOptions): Plugin & AgentToolSource {
  const { name, server, allow, revision = 'auto' } = options;
  const timeout = milliseconds(options.timeout ?? '1m');
  const connection = new Connection({ name, server, revision, timeout });
  let apps = 0;
  const mistake = (): string | undefined =>
    apps > 0 ? undefined : 'An agent has its tools, but no app closes its connection. Add it to createApp({ use }).';
  return {
    name,
    mistake,
    async setup(host) {
      if (allow.length === 0) host.mistake('It allows no tool. Name those that agents need in remoteTools({ allow }).');
      // A package that is missing keeps the app from starting, and not an agent from going on.
      await loadClient();
      apps++;
      host.onClose(() => (--apps === 0 ? connection.close() : undefined));
    },
    async load({ signal }) {
      // A run may bring along a source that no agent names.
      const wrong = mistake();
      if (wrong !== undefined) throw PerduraError.of('PLUGIN_MISTAKE', name, wrong);
      const tools = await listed(connection, { name, timeout, signal });
      const offered = tools.filter((tool) => allow.includes(tool.name));
      const large = offered.find(({ inputSchema }) => JSON.stringify(inputSchema).length > SCHEMA_LENGTH);
      if (large) {
        throw PerduraError.from(
          new Error(`That of "${large.name}" has more than ${SCHEMA_LENGTH} characters.`),
          'REMOTE_SERVER_UNAVAILABLE',
          name,
          'a tool has an input schema that is too large',
        );
      }
      if (offered.length > 0) return offered.map((tool) => wrapped(tool, options, { connection, timeout }));
      throw PerduraError.from(
        new Error(`It lists ${tools.map((tool) => tool.name).join(', ')}; allowed are ${allow.join(', ')}.`),
        'REMOTE_SERVER_UNAVAILABLE',
        name,
        'it has none of the tools that it should have',
      );
    },
  };
}

async function listed(
  connection: Connection,
  { name, timeout, signal }: { readonly name: string; readonly timeout: number; readonly signal: AbortSignal },
): Promise<readonly ToolDefinition[]> {
  try {
    return (await connection.use((client) => client.listTools(undefined, { timeout, signal }))).tools;
  } catch (cause) {
    signal.throwIfAborted();
    // It could not even be reached.
    if (cause instanceof PerduraError) throw cause;
    throw PerduraError.from(cause, 'REMOTE_SERVER_UNAVAILABLE', name, 'it does not list its tools');
  }
}

interface Reached {
  readonly connection: Connection;
  readonly timeout: number;
}

function wrapped(tool: ToolDefinition, options: RemoteToolsOptions, reached: Reached): AgentTool {
  const { prefix = '', approval } = options;
  const { name, description, inputSchema, annotations } = tool;
  return agentTool<Record<string, unknown>>({
    name: `${prefix}${name}`,
    ...(description !== undefined && { description: description.slice(0, DESCRIPTION_LENGTH) }),
    inputSchema,
    ...(approval !== undefined && {
      approval: typeof approval === 'boolean' ? approval : (input) => approval(name, input),
    }),
    // A hint from outside, taken where it asks for care.
    ...(annotations?.destructiveHint === true && { onCrash: 'ask' as const }),
    call: (input, ctx) => call(name, input, ctx, options, reached),
  });
}

async function call(
  tool: string,
  input: Record<string, unknown>,
  { signal }: CallContext,
  { name, resultBytes = 256 * 1024 }: RemoteToolsOptions,
  { connection, timeout }: Reached,
): Promise<CallToolResult> {
  try {
    const request = { name: tool, arguments: input };
    const limits = { signal, timeout, maxTotalTimeout: timeout };
    return remoteResult(await connection.use((client) => client.callTool(request, limits)), resultBytes);
  } catch (error) {
    signal.throwIfAborted();
    if (error instanceof ToolError) throw error;
    // The model may try another way; what was thrown may hold what it must not read.
    throw new ToolError(`The server "${name}" did not answer the call of "${tool}" (${reasonOf(error)}).`, {
      cause: error,
    });
  }
}

/** The name that the SDK or JSON-RPC has for it; for a refusal of the server's, its words, which are for whoever called. */
function reasonOf(error: unknown): string {
  const { code, message } = error as { readonly code?: unknown; readonly message?: unknown };
  return typeof code === 'number' ? `error ${code}: ${String(message).slice(0, 1000)}` : String(code ?? 'it failed');
}
