import { Client } from '@modelcontextprotocol/sdk/client/index.js';
import { StreamableHTTPClientTransport } from '@modelcontextprotocol/sdk/client/streamableHttp.js';
import { ElicitRequestSchema } from '@modelcontextprotocol/sdk/types.js';
import { IsString } from 'class-validator';
import { type CallContext, createApp, Injectable, Tool } from 'perdura';
import { type HttpServer, serveHttp } from 'perdura/http';
import { checked } from './checked-transport.js';

class Name {
  @IsString() name!: string;
}

@Injectable()
class Slow {
  @Tool({ name: 'count', description: 'Counts for a second, telling of each step.' })
  async count(_: unknown, ctx: CallContext): Promise<string> {
    for (let step = 1; step <= 20; step++) {
      ctx.progress(step, 20);
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
    return 'counted';
  }

  @Tool({ name: 'greet', description: 'Asks for a name and greets.' })
  async greet(_: unknown, ctx: CallContext): Promise<string> {
    const { name } = await ctx.elicit('Who are you?', Name);
    return `Hello, ${name}!`;
  }
}

describe('A server that closes its streams after a while, so that clients come back for the rest (SEP-1699)', () => {
  let server: HttpServer;
  let client: Client;
  let gets: number;

  beforeAll(async () => {
    const app = await createApp({ name: 'slow', version: '1.0.0', use: [Slow] });
    server = await serveHttp(app, { port: 0, maxConnectionTime: 150 });
    client = new Client({ name: 'sdk-v1', version: '1.0.0' }, { capabilities: { elicitation: { form: {} } } });
    const counting: typeof fetch = (url, init) => {
      if (init?.method === 'GET' && new Headers(init.headers).has('last-event-id')) gets += 1;
      return fetch(url, init);
    };
    const transport = new StreamableHTTPClientTransport(new URL(server.url), { fetch: counting });
    await client.connect(checked(transport, '2025-11-25'));
  });
  beforeEach(() => (gets = 0));
  afterAll(async () => {
    await client.close();
    await server.close();
  });

  it('gives the SDK’s client the result, and each step of progress once', async () => {
    const steps: number[] = [];
    const onprogress = ({ progress }: { progress: number }): void => void steps.push(progress);
    const result = await client.callTool({ name: 'count' }, undefined, { onprogress });
    expect(result.content).toEqual([{ type: 'text', text: 'counted' }]);
    expect(steps).toEqual(Array.from({ length: 20 }, (_, index) => index + 1));
    expect(gets).toBeGreaterThan(0);
  });

  it('asks a question once, and takes an answer that is longer in coming than the connection lasts', async () => {
    let asked = 0;
    client.setRequestHandler(ElicitRequestSchema, async () => {
      asked += 1;
      await new Promise((resolve) => setTimeout(resolve, 500));
      return { action: 'accept', content: { name: 'Ada' } };
    });
    const result = await client.callTool({ name: 'greet' });
    expect(result.content).toEqual([{ type: 'text', text: 'Hello, Ada!' }]);
    expect(asked).toBe(1);
  });
});
