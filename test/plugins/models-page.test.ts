// The code of docs/models.md, run through the public doors.
import { Agent, type CallContext, createApp, Tool } from 'perdura';
import { scriptedModel } from 'perdura/testing';
import { checkedConnect as connect } from '../checked-connect.js';
import { limit, redisBuckets, retry } from '../../plugins/models/index.js';
import { openai } from '../../plugins/openai/index.js';
import { remoteTools } from '../../plugins/remote-tools/index.js';
import { OpenAIServer, says } from '../fixtures/openai-server.js';

//#region remote
const files = remoteTools({
  name: 'files',
  server: { command: 'npx', args: ['@modelcontextprotocol/server-filesystem', '/srv/library'] },
  allow: ['read_text_file', 'search_files'],
});

@Agent({ instructions: 'You are a careful librarian.', tools: [files] })
class Librarian {}
//#endregion

@Tool({ name: 'ask', description: 'Asks the librarian.' })
class Ask {
  async call(_: object, ctx: CallContext): Promise<string> {
    const tools = await ctx.agent(Librarian, { prompt: 'Hello' }).catch(() => undefined);
    return tools?.text ?? 'no tools';
  }
}

describe('The models page', () => {
  it('shows a provider, with retries and limits', async () => {
    const server = await OpenAIServer.start(
      says({ text: 'Hello', usage: { prompt_tokens: 10, completion_tokens: 1 } }),
    );
    const { baseUrl } = server;
    //#region provider
    const provider = openai({
      model: 'gpt-5-mini',
      apiKey: 'the key',
      baseUrl,
      prices: { 'gpt-5-mini': { input: 0.25, cachedInput: 0.025, output: 2 } },
    });
    const model = retry(limit(provider, { name: 'gpt-5-mini', requests: 500, tokens: 200_000, per: '1m' }));
    //#endregion
    const { signal } = new AbortController();
    const messages = [{ role: 'user' as const, content: { type: 'text' as const, text: 'Hi' } }];
    expect(await model({ messages, maxTokens: 10 }, { signal })).toMatchObject({
      content: [{ text: 'Hello' }],
      usage: { cost: (10 * 0.25 + 2) / 1_000_000 },
    });
    await server.close();
  });

  it('shows limits that all processes share', async () => {
    const model = scriptedModel([]);
    const redis = 'redis://127.0.0.1:6379';
    //#region shared
    const buckets = redisBuckets(redis);
    const limited = limit(model, { name: 'gpt-5-mini', requests: 500, buckets });
    const app = await createApp({
      name: 'library',
      version: '1.0.0',
      use: [Ask, Librarian, files, buckets],
      model: limited,
    });
    //#endregion
    const client = await connect(app, { revision: '2026-07-28' });
    expect((await client.listTools()).map(({ name }) => name)).toEqual(['ask']);
    await app.close();
  });
});
