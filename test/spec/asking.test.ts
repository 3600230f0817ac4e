import { PassThrough } from 'node:stream';
import { type App, type CallContext, createApp, jsonSchema, Tool } from 'perdura';
import { serveStdio } from 'perdura/stdio';
import { until } from '../fixtures/until.js';
import { type Fields, META, RawClient2025, RawClient2026, says, textOf } from './raw-client.js';

const said = (text: string) => ({ role: 'user', content: { type: 'text', text } }) as const;

class Studio {
  @Tool({ name: 'folders', description: 'Names the folders of its client.' })
  async folders(_: unknown, ctx: CallContext) {
    return `in ${(await ctx.roots()).map(({ uri }) => uri).join()}`;
  }

  @Tool({ name: 'twice', description: 'Asks a model two things.' })
  async twice(_: unknown, ctx: CallContext) {
    await ctx.sample({ messages: [said('one')], systemPrompt: 'Be brief.' });
    await ctx.sample({ messages: [said('two')] });
    return 'asked';
  }

  @Tool({ name: 'Point', description: 'Has the name of another tool, but for its case.' })
  shout() {
    return 'POINT';
  }

  @Tool({
    name: 'point',
    description: 'Takes a pair, as 2020-12 alone has it.',
    input: jsonSchema<{ at: readonly number[] }>({
      type: 'object',
      properties: { at: { type: 'array', prefixItems: [{ type: 'integer' }, { type: 'integer' }], items: false } },
      required: ['at'],
    }),
  })
  point({ at }: { at: readonly number[] }) {
    return at.join();
  }
}

const studio = (): Promise<App> => createApp({ name: 'studio', version: '1.0.0', use: [Studio] });
const root = (name: string) => ({ uri: `file:///home/${name}` });

describe.each(['2025-11-25', '2026-07-28'] as const)('a studio on %s', (revision) => {
  let app: App;
  beforeAll(async () => void (app = await studio()));
  afterAll(() => app.close());

  /** The outcome of a call whose questions are all answered like this, and the questions. */
  const ask = async (name: string, answer: Fields) => {
    const questions: Fields[] = [];
    if (revision === '2025-11-25') {
      const client = new RawClient2025(app);
      client.answer = (question) => (questions.push(question as unknown as Fields), answer);
      return { response: await client.request('tools/call', { name }), questions };
    }
    const rounds = await new RawClient2026(app).converse('tools/call', { name }, (_, question) => {
      questions.push(question);
      return answer;
    });
    return { response: rounds.at(-1) as (typeof rounds)[number], questions };
  };

  // Spec: roots.unavailable
  it('goes on where the roots of its client are gone', async () => {
    expect(textOf((await ask('folders', { roots: [root('ada'), root('bob')] })).response)).toBe(
      'in file:///home/ada,file:///home/bob',
    );
    expect(textOf((await ask('folders', { roots: [] })).response)).toBe('in ');
    expect(textOf((await ask('folders', { roots: [root('ada')] })).response)).toBe('in file:///home/ada');
  });

  // Spec: sampling.not-retained@2026-07-28, sampling.context, sampling.context-undeclared, sampling.roles@2026-07-28
  it('asks a model what its handler asks, and nothing of what was asked before', async () => {
    const { response, questions } = await ask('twice', says('well'));
    expect(textOf(response)).toBe('asked');
    expect(questions.map(({ params }) => params)).toMatchObject([
      { messages: [said('one')], systemPrompt: 'Be brief.' },
      { messages: [said('two')] },
    ]);
    expect(questions[1]?.['params']).not.toHaveProperty('systemPrompt');
    for (const { params } of questions) expect(params).not.toHaveProperty('includeContext');
  });

  // Spec: schemas.default-dialect, schemas.2020-12, schemas.validated, tools.validate-input
  it.each([
    [[1, 2], undefined],
    [[1], undefined],
    [[1, 'two'], true],
    [[1, 2, 3], true],
  ])('takes a schema without a dialect for one of 2020-12: %j', async (at, isError) => {
    const client = revision === '2025-11-25' ? new RawClient2025(app) : new RawClient2026(app);
    const { result } = await client.request('tools/call', { name: 'point', arguments: { at } });
    expect(result.isError).toBe(isError);
  });
});

describe.each(['2025-11-25', '2026-07-28'] as const)('names and words on %s', (revision) => {
  let app: App;
  let client: RawClient2025 | RawClient2026;
  beforeAll(async () => {
    app = await studio();
    client = revision === '2025-11-25' ? new RawClient2025(app) : new RawClient2026(app);
  });
  afterAll(() => app.close());

  // Spec: tools.name-case
  it('are different in upper and in lower case', async () => {
    const call = (name: string, args: Fields) => client.request('tools/call', { name, arguments: args });
    expect(textOf(await call('point', { at: [1, 2] }))).toBe('1,2');
    expect(textOf(await call('Point', {}))).toBe('POINT');
    expect((await call('POINT', {})).error).toMatchObject({ code: -32602 });
  });
});

// Spec: stdio.no-requests@2026-07-28, stdio.newlines@2026-07-28, rounds.embedded@2026-07-28
it('a question on 2026-07-28 is one line of standard output, and no request', async () => {
  const app = await studio();
  const [input, output] = [new PassThrough(), new PassThrough()];
  let text = '';
  output.on('data', (chunk: Buffer) => (text += chunk.toString()));
  const server = serveStdio(app, { streams: { input, output } });
  const _meta = {
    [`${META}protocolVersion`]: '2026-07-28',
    [`${META}clientCapabilities`]: { sampling: {}, roots: {} },
  };
  for (const name of ['folders', 'twice']) {
    const params = { name, arguments: {}, _meta };
    input.write(`${JSON.stringify({ jsonrpc: '2.0', id: name, method: 'tools/call', params })}\n`);
  }
  await until(() => text.split('\n').length === 3);
  const messages = text
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as Fields);
  expect(messages.map(({ id }) => id).sort()).toEqual(['folders', 'twice']);
  for (const message of messages) {
    expect(message).not.toHaveProperty('method');
    expect(message['result']).toMatchObject({ resultType: 'input_required' });
  }
  await server.close();
  await app.close();
});
