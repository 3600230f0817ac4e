import type { PromptEntry, ResourceEntry, ResourceTemplateEntry, ToolEntry } from '../catalog/catalog.js';
import type { CallToolResult, GetPromptResult, ReadResourceResult } from '../spec.js';
import type { CallSite } from './call.js';

/** How a call ended, ready for the wire: sized, sanitised, nothing internal in it. */
export type Outcome<Result> =
  | {
      readonly kind: 'result';
      readonly result: Result;
      /** The handler threw an error that it did not mean for the caller: a task with attempts left runs it again. */
      readonly retryable?: true;
    }
  /** A JSON-RPC error. */
  | {
      readonly kind: 'error';
      readonly error: { readonly code: number; readonly message: string; readonly data?: unknown };
    }
  /** It waits for something that has not come; what it asked for is with its inbox. */
  | { readonly kind: 'parked' };

/** Runs calls: checks the input, makes a scope, resolves the class, runs interceptors and handler, shapes the result. */
export interface Runtime {
  /** Invalid arguments are a result with `isError: true` (SEP-1303); so is a `ToolError`. */
  callTool(entry: ToolEntry, args: unknown, site: CallSite): Promise<Outcome<CallToolResult>>;
  readResource(
    entry: ResourceEntry | ResourceTemplateEntry,
    uri: string,
    variables: Readonly<Record<string, string>>,
    site: CallSite,
  ): Promise<Outcome<ReadResourceResult>>;
  /** Invalid arguments are a -32602 error: a prompt has no result that could carry them. */
  getPrompt(entry: PromptEntry, args: unknown, site: CallSite): Promise<Outcome<GetPromptResult>>;
}
