import type { ToolEntry } from '../catalog/catalog.js';
import type { Class } from '../metadata/class.js';
import type { CallToolResult, CreateMessageResult } from '../spec.js';
import type { AgentEvent } from './call-progress.js';
import type { AgentRequest, AgentResult, SampleRequest } from './context.js';

/** What an agent loop is given by the call that it runs in. Everything it does is recorded under the agent's scope. */
export interface AgentHost {
  /** How many agents it runs inside of, itself included. */
  readonly depth: number;
  /** Takes a model turn; the server's model if there is one, else the client's. */
  turn(request: SampleRequest): Promise<{ readonly answer: CreateMessageResult; readonly replayed: boolean }>;
  /**
   * Calls a tool on behalf of the surrounding call's principal; recorded under `useId`. Never throws for what the tool does:
   * bad arguments and errors are results with `isError`.
   */
  callTool(useId: string, entry: ToolEntry, input: unknown): Promise<CallToolResult>;
  /** Tells whoever watches the call of a turn: as a log message and as progress. */
  report(event: AgentEvent, replayed: boolean): void;
}

/** Runs an agent; the port behind `ctx.agent`. */
export type RunAgent = (host: AgentHost, agent: Class, request: AgentRequest<unknown>) => Promise<AgentResult<unknown>>;
