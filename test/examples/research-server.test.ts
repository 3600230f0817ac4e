import { createApp, type App } from 'perdura';
import { checkedConnect as connect } from '../checked-connect.js';
import { extractiveModel } from '../../examples/research/client/extractive/extractive-model.js';
import type { ModelRequest } from '../../examples/research/client/model.js';
import { Checker, Editor, Planner, Researcher } from '../../examples/research/agents.js';
import { Library } from '../../examples/research/library/library.js';
import { LibraryIndex, ReportResource, Reports, StartResearch } from '../../examples/research/reports.js';
import type { Report } from '../../examples/research/shapes.js';
import { Research } from '../../examples/research/task.js';
import { Read, Search } from '../../examples/research/tools.js';

describe.each(['2025-11-25', '2026-07-28'] as const)('the research server on %s', (revision) => {
  let app: App;

  beforeEach(async () => {
    const library = new Library();
    library.add('storms.md', '# Storms\n\nWhen a storm is announced, the harbour closes its gate.\n');
    app = await createApp({
      name: 'research',
      version: '1.0.0',
      use: [Research, Planner, Researcher, Checker, Editor, Search, Read, ReportResource, LibraryIndex, StartResearch],
      providers: [
        { provide: Library, useValue: library },
        { provide: Reports, useValue: new Reports() },
      ],
    });
  });

  afterEach(() => app.close());

  const open = () =>
    connect(app, { revision, sample: async (request) => (await extractiveModel(request as ModelRequest)) as never });

  it('serves each finished report as a resource', async () => {
    const client = await open();
    const result = await client.runTask('research', { question: 'What does the harbour do in a storm?' });
    const report = result.structuredContent as unknown as Report;
    expect(report).toMatchObject({ answered: true, claims: [{ path: 'storms.md', line: 3 }] });
    const { contents } = await client.readResource(report.uri);
    expect(contents).toMatchObject([{ uri: report.uri, mimeType: 'text/markdown', text: report.markdown }]);
    expect(report.markdown).toContain('storms.md:3');
  });

  it('knows no report that was never written', async () => {
    const client = await open();
    const code = revision === '2025-11-25' ? -32002 : -32602;
    await expect(client.readResource('report://none')).rejects.toMatchObject({ code, message: 'Resource not found' });
  });

  it('says how much the library holds, and offers a prompt that starts a report', async () => {
    const client = await open();
    const { contents } = await client.readResource('library://index');
    expect(JSON.parse((contents[0] as { text: string }).text)).toEqual({ documents: 1, passages: 1 });
    const { messages } = await client.getPrompt('research', { question: 'Why do boats float?' });
    expect(messages).toMatchObject([{ role: 'user', content: { type: 'text' } }]);
    expect((messages[0]?.content as { text: string }).text).toContain('Why do boats float?');
  });

  it.each(['../../etc/passwd', '/etc/passwd', '__proto__'])('refuses to read %s', async (path) => {
    const client = await open();
    const result = await client.callTool('read', { path });
    expect(result).toMatchObject({ isError: true, content: [{ type: 'text' }] });
    expect((result.content[0] as { text: string }).text).toContain('no such document');
  });

  it.each([
    ['search', { query: '' }],
    ['search', { query: 'harbour', limit: 1_000 }],
    ['read', { path: 'storms.md', line: 0 }],
    ['read', { path: 'storms.md', lines: 1_000_000 }],
  ])('refuses %s with %j as a mistake that the model can correct', async (tool, args) => {
    expect((await (await open()).callTool(tool, args)).isError).toBe(true);
  });
});
