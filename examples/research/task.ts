import { Task, type TaskContext } from 'perdura';
import { Checker, Editor, Planner, Researcher } from './agents.js';
import { Library } from './library/library.js';
import { render, Reports } from './reports.js';
import { type Claim, Findings, Plan, Question, Report } from './shapes.js';

@Task({
  name: 'research',
  description: 'Answer a question from the library: every statement cites the file and the line that shows it.',
  input: Question,
  output: Report,
  annotations: { readOnlyHint: true, openWorldHint: false },
  ttl: '1h',
  pollInterval: 100,
  attempts: 2,
})
export class Research {
  constructor(
    private readonly library: Library,
    private readonly reports: Reports,
  ) {}

  async call(input: Question, ctx: TaskContext): Promise<Report> {
    const question = input.question.replace(/\s+/gu, ' ').trim();
    ctx.progress(0, 4, 'planning');
    const { value: plan } = await ctx.agent(Planner, { prompt: `Question: ${question}`, output: Plan });

    const { parts } = plan;
    const total = parts.length + 3;
    let done = 1;
    ctx.progress(done, total, `researching ${parts.length} parts`);
    const found = await ctx.all(parts, async (part, branch) => {
      const prompt = `Question: ${question}\nPart: ${part}`;
      const { value } = await branch.agent(Researcher, { prompt, output: Findings });
      const claims = value.claims.length > 0 ? await this.check(prompt, value.claims, branch) : [];
      done += 1;
      ctx.progress(done, total, `researched ${done - 1} of ${parts.length} parts`);
      return { part, claims };
    });

    ctx.progress(total - 2, total, 'editing');
    const edited = found.some(({ claims }) => claims.length > 0) ? await this.edit(question, found, ctx) : [];
    const claims = await ctx.step('verify', () => edited.filter((claim) => this.isTrue(claim)));
    ctx.progress(total - 1, total, `verified ${claims.length} citations`);

    const id = await ctx.uuid();
    const markdown = render({ question, claims });
    // On a second run it writes the same under the same id.
    await this.reports.save(id, markdown);
    ctx.progress(total, total, 'done');
    return { uri: `report://${id}`, question, answered: claims.length > 0, parts, claims, markdown };
  }

  private async check(prompt: string, claims: readonly Claim[], ctx: TaskContext): Promise<Claim[]> {
    const { value } = await ctx.agent(Checker, {
      prompt: `${prompt}\n\nThe claims:\n${JSON.stringify({ claims })}`,
      output: Findings,
    });
    return value.claims;
  }

  private async edit(question: string, found: readonly object[], ctx: TaskContext): Promise<Claim[]> {
    const prompt = `Question: ${question}\n\nThe researchers' findings:\n${JSON.stringify({ findings: found })}`;
    const { value } = await ctx.agent(Editor, { prompt, output: Findings });
    return value.claims;
  }

  /** Models misquote: a claim stands only where its quote is, character for character. */
  private isTrue({ path, line, quote }: Claim): boolean {
    return this.library.read(path, line, 1)?.[0]?.includes(quote) === true;
  }
}
