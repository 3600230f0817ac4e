import type { Trace } from 'perdura';
import type { SamplingModel } from './model.js';
import type { Command } from './child.js';

/** A citation of the report. */
export interface Citation {
  readonly path: string;
  readonly line: number;
  readonly quote: string;
}

/** What the client came back with: the report's Markdown, read as a resource, and its citations. */
export interface Outcome {
  readonly report: string;
  readonly citations: readonly Citation[];
  /** What the task did, read as a resource. */
  readonly trace: Trace;
}

/** Where the server is and what the client brings along. */
export interface Drive {
  readonly question: string;
  /** A server that listens, or how to start one that speaks over stdio. */
  readonly server: URL | Command;
  /** Answers the server's `sampling/createMessage`. */
  readonly model: SamplingModel;
  /** Told of the task's progress. */
  readonly onStatus: (message: string) => void;
}

/** Names this client to servers. */
export const CLIENT = { name: 'research-demo', version: '1.0.0' };

/** How long a whole run may take, in milliseconds: real models are slow. */
export const PATIENCE = 30 * 60_000;

/** What a client reads once the task has ended. */
export async function readOutcome(
  read: (uri: string) => Promise<{ readonly contents: readonly object[] }>,
  { uri, citations }: ReturnType<typeof readResult>,
  taskId: string,
): Promise<Outcome> {
  const textAt = async (place: string): Promise<string> => {
    const [content] = (await read(place)).contents as readonly { readonly text?: string }[];
    return content?.text ?? '';
  };
  const trace = JSON.parse(await textAt(`task://${taskId}/trace`)) as Trace;
  return { report: await textAt(uri), citations, trace };
}

/** The citations and the report's URI in the task's result; throws with the server's words where the tool failed. */
export function readResult(result: { structuredContent?: unknown; content?: unknown; isError?: unknown }): {
  readonly uri: string;
  readonly citations: readonly Citation[];
} {
  if (result.isError === true) throw new Error(`The server could not finish the research: ${wordsOf(result.content)}`);
  const { uri, claims } = result.structuredContent as { uri: string; claims: readonly Citation[] };
  return { uri, citations: claims.map(({ path, line, quote }) => ({ path, line, quote })) };
}

function wordsOf(content: unknown): string {
  const blocks = Array.isArray(content) ? (content as readonly { text?: unknown }[]) : [];
  return blocks.map(({ text }) => (typeof text === 'string' ? text : '')).join(' ');
}
