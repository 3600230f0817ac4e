import { type CallContext, Prompt, ProtocolError, Resource } from 'perdura';
import { Library } from './library/library.js';
import { Question, type Report } from './shapes.js';

const MOST_REPORTS = 100;

/** Where finished reports are kept. */
export interface ReportStore {
  set(id: string, markdown: string): Promise<void>;
  get(id: string): Promise<string | undefined>;
}

/** In the memory of a server that is one process; the oldest go first. */
class MemoryReports implements ReportStore {
  private readonly reports = new Map<string, string>();

  async set(id: string, markdown: string): Promise<void> {
    this.reports.set(id, markdown);
    const [oldest] = this.reports.keys();
    if (this.reports.size > MOST_REPORTS && oldest !== undefined) this.reports.delete(oldest);
  }

  async get(id: string): Promise<string | undefined> {
    return this.reports.get(id);
  }
}

/** Finished reports, by id. */
export class Reports {
  constructor(private readonly store: ReportStore = new MemoryReports()) {}

  save(id: string, markdown: string): Promise<void> {
    return this.store.set(id, markdown);
  }

  find(id: string): Promise<string | undefined> {
    return this.store.get(id);
  }
}

@Resource({
  name: 'report',
  description: 'A finished report, in Markdown.',
  uriTemplate: 'report://{id}',
  mimeType: 'text/markdown',
})
export class ReportResource {
  constructor(private readonly reports: Reports) {}

  async read({ id }: { readonly id: string }, { revision }: CallContext): Promise<string> {
    const markdown = await this.reports.find(id);
    if (markdown !== undefined) return markdown;
    // The revisions disagree on the code (server/resources, "Error Handling").
    throw new ProtocolError(revision === '2025-11-25' ? -32002 : -32602, 'Resource not found', {
      uri: `report://${id}`,
    });
  }
}

@Resource({
  name: 'index',
  description: 'How much the library holds.',
  uri: 'library://index',
  mimeType: 'application/json',
})
export class LibraryIndex {
  constructor(private readonly library: Library) {}

  read(): string {
    return JSON.stringify(this.library.size);
  }
}

@Prompt({ name: 'research', description: 'Start a report on a question.', input: Question })
export class StartResearch {
  get({ question }: Question): string {
    return `Call the tool \`research\` with the question below and show me the report with its citations.\n\nQuestion: ${question}`;
  }
}

/** A report as Markdown: each claim with the line that shows it. */
export function render({ question, claims }: Pick<Report, 'question' | 'claims'>): string {
  if (claims.length === 0) return `# ${question}\n\nThe library has no answer to this question.\n`;
  const items = claims.map(({ text, path, line, quote }) => {
    // A quote may hold backticks: its fence must be longer than any run of them.
    const runs = quote.match(/`+/gu) ?? [];
    const fence = '`'.repeat(1 + Math.max(0, ...runs.map(({ length }) => length)));
    const source = `\`${path}:${line}\``;
    const shown = text.includes(quote) || text.replaceAll(/\s+/gu, ' ') === quote;
    return shown ? `- ${text} (${source})` : `- ${text} (${source})\n  > ${fence} ${quote} ${fence}`;
  });
  return `# ${question}\n\n${items.join('\n')}\n`;
}
