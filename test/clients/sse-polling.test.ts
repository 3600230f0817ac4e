import { Client } from '@modelcontextprotocol/sdk/client/index.js';
import { StreamableHTTPClientTransport } from '@modelcontextprotocol/sdk/client/streamableHttp.js';
import { ElicitRequestSchema } from '@modelcontextprotocol/sdk/types.js';
import { IsString } from 'class-validator';
import { type CallContext, createApp, Injectable, Tool } from 'perdura';
import { type HttpOptions, type HttpServer, serveHttp } from 'perdura/http';
import { checkedConnect as connect } from '../checked-connect.js';
import { until } from '../fixtures/until.js';
import { checked } from './checked-transport.js';

class Name {
  @IsString() name!: string;
}

/** How often the client has come back for the rest of a stream. */
let returns = 0;

@Injectable()
class Slow {
  @Tool({ name: 'count', description: 'Counts, and in the middle outlasts its connection.' })
  async count(_: unknown, ctx: CallContext): Promise<string> {
    for (let step = 1; step <= 20; step++) {
      ctx.progress(step, 20);
      if (step === 10) await until(() => returns > 0);
    }
    return 'counted';
  }

  @Tool({ name: 'greet', description: 'Asks for a name and greets.' })
  async greet(_: unknown, ctx: CallContext): Promise<string> {
    const { name } = await ctx.elicit('Who are you?', Name);
    return `Hello, ${name}!`;
  }

  @Tool({ name: 'leave', description: 'Closes its own stream, and once more when the client is back.' })
  async leave(_: unknown, ctx: CallContext): Promise<string> {
    ctx.closeStream();
    ctx.progress(1);
    await until(() => returns === 1);
    ctx.progress(2);
    // The client asks before the server hears of it: until then there is nothing to close.
    await until(() => {
      if (returns === 1) ctx.closeStream();
      return returns === 2;
    });
    ctx.progress(3);
    return 'back again';
  }

  @Tool({ name: 'rest', description: 'Closes its own stream, and says nothing before the client is back.' })
  async rest(_: unknown, ctx: CallContext): Promise<string> {
    ctx.closeStream();
    await until(() => returns === 1);
    return 'rested';
  }

  @Tool({ name: 'close', description: 'Closes its own stream.' })
  close(_: unknown, ctx: CallContext): string {
    ctx.closeStream();
    ctx.closeStream();
    return 'closed';
  }
}

describe('Streams that end before their answer, so that clients come back for the rest (SEP-1699)', () => {
  let server: HttpServer;
  let client: Client;

  const serve = async (options: HttpOptions): Promise<void> => {
    const app = await createApp({ name: 'slow', version: '1.0.0', use: [Slow] });
    server = await serveHttp(app, { port: 0, ...options });
    client = new Client({ name: 'sdk-v1', version: '1.0.0' }, { capabilities: { elicitation: { form: {} } } });
    const counting: typeof fetch = (url, init) => {
      if (init?.method === 'GET' && new Headers(init.headers).has('last-event-id')) returns += 1;
      return fetch(url, init);
    };
    const transport = new StreamableHTTPClientTransport(new URL(server.url), { fetch: counting });
    await client.connect(checked(transport, '2025-11-25'));
  };
  beforeEach(() => (returns = 0));
  afterEach(async () => {
    await client.close();
    await server.close();
  });

  const call = async (name: string): Promise<{ text: unknown; steps: readonly number[] }> => {
    const steps: number[] = [];
    const onprogress = ({ progress }: { progress: number }): void => void steps.push(progress);
    const { content } = await client.callTool({ name }, undefined, { onprogress });
    return { text: content, steps };
  };

  it('give the SDK’s client the result after a while, and each step of progress once', async () => {
    await serve({ maxConnectionTime: 100 });
    expect(await call('count')).toEqual({
      text: [{ type: 'text', text: 'counted' }],
      steps: Array.from({ length: 20 }, (_, index) => index + 1),
    });
  });

  it('ask a question once, and take an answer that is longer in coming than the connection lasts', async () => {
    await serve({ maxConnectionTime: 100 });
    let asked = 0;
    client.setRequestHandler(ElicitRequestSchema, async () => {
      asked += 1;
      await until(() => returns > 0);
      return { action: 'accept', content: { name: 'Ada' } };
    });
    expect((await call('greet')).text).toEqual([{ type: 'text', text: 'Hello, Ada!' }]);
    expect(asked).toBe(1);
  });

  it('are closed by the tool itself, and lose nothing', async () => {
    await serve({});
    expect(await call('leave')).toEqual({ text: [{ type: 'text', text: 'back again' }], steps: [1, 2, 3] });
    expect(returns).toBe(2);
  });

  it('are found by the client that comes back before anything was said', async () => {
    await serve({});
    expect((await call('rest')).text).toEqual([{ type: 'text', text: 'rested' }]);
    expect(returns).toBe(1);
  });

  it('of a tool that is done at once are there for the client that comes back', async () => {
    await serve({});
    expect((await call('close')).text).toEqual([{ type: 'text', text: 'closed' }]);
    expect(returns).toBe(1);
  });
});

it.each(['2025-11-25', '2026-07-28'] as const)('closing no stream has no effect on %s', async (revision) => {
  const app = await createApp({ name: 'slow', version: '1.0.0', use: [Slow] });
  const client = await connect(app, { revision });
  expect((await client.callTool('close')).content).toEqual([{ type: 'text', text: 'closed' }]);
  await app.close();
});
