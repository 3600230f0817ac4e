import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Client, StreamableHTTPClientTransport } from '@modelcontextprotocol/client';
import { IsInt, IsString } from 'class-validator';
import express from 'express';
import fastify from 'fastify';
import { Hono } from 'hono';
import { type App, type CallContext, createApp, Injectable, Tool } from 'perdura';
import { fetchHandler, httpHandler } from 'perdura/http';
import { checked } from '../clients/checked-transport.js';
import { until } from '../fixtures/until.js';

class Numbers {
  @IsInt() a!: number;
  @IsInt() b!: number;
}

class Name {
  @IsString() name!: string;
}

/** What the test knows of the tools that wait for it. */
class Stage {
  release: () => void = () => undefined;
  readonly aborted: string[] = [];
  waiting = 0;
}

@Injectable()
class Desk {
  constructor(private readonly stage: Stage) {}

  @Tool({ name: 'add', description: 'Adds.', input: Numbers })
  add({ a, b }: Numbers): string {
    return String(a + b);
  }

  @Tool({ name: 'hold', description: 'Tells that it has begun, and waits to be released.' })
  async hold(_: unknown, ctx: CallContext): Promise<string> {
    const released = new Promise<void>((resolve) => (this.stage.release = resolve));
    ctx.progress(1, 2, 'begun');
    await released;
    ctx.progress(2, 2, 'released');
    return 'held';
  }

  @Tool({ name: 'wait', description: 'Waits for its end.' })
  async wait(_: unknown, { signal, callId }: CallContext): Promise<string> {
    this.stage.waiting++;
    await new Promise((resolve) => signal.addEventListener('abort', resolve));
    this.stage.aborted.push(callId);
    return 'ended';
  }

  @Tool({ name: 'greet', description: 'Asks for a name and greets.' })
  async greet(_: unknown, ctx: CallContext): Promise<string> {
    const { name } = await ctx.elicit('Who are you?', Name);
    return `Hello, ${name}!`;
  }
}

/** Where the app is mounted, and how a client gets there. */
interface Mount {
  readonly url: URL;
  readonly fetch: typeof fetch;
  close(): Promise<void>;
}

const OPTIONS = { maxConnectionTime: 150 } as const;

async function onPort(server: Server, path: string, end: () => Promise<void>): Promise<Mount> {
  await once(server.listen(0, '127.0.0.1'), 'listening');
  const { port } = server.address() as AddressInfo;
  return {
    url: new URL(`http://127.0.0.1:${port}${path}`),
    fetch,
    close: async () => {
      const closed = once(server, 'close');
      await end();
      server.close();
      server.closeAllConnections();
      await closed;
    },
  };
}

const MOUNTS: Readonly<Record<string, (app: App) => Promise<Mount>>> = {
  'Express, before any parser': (app) => {
    //#region express
    const mcp = httpHandler(app);
    const site = express();
    site.use('/mcp', mcp);
    //#endregion
    return onPort(createServer(site), '/mcp', mcp.close);
  },
  'Express, after its JSON parser, in a router': (app) => {
    const mcp = httpHandler(app, { ...OPTIONS, path: '/api/mcp' });
    const site = express();
    site.use(express.json());
    const router = express.Router();
    router.all('/mcp', mcp);
    site.use('/api', router);
    return onPort(createServer(site), '/api/mcp', mcp.close);
  },
  'Fastify, which parses every body': async (app) => {
    //#region fastify
    const mcp = httpHandler(app);
    const site = fastify();
    site.all('/mcp', (request, reply) => {
      reply.hijack();
      mcp(request.raw, reply.raw, request.body);
    });
    //#endregion
    await site.listen({ port: 0, host: '127.0.0.1' });
    const { port } = site.server.address() as AddressInfo;
    const close = async (): Promise<void> => {
      await mcp.close();
      site.server.closeAllConnections();
      await site.close();
    };
    return { url: new URL(`http://127.0.0.1:${port}/mcp`), fetch, close };
  },
  'Hono, by fetch': async (app) => {
    //#region hono
    const mcp = fetchHandler(app, { allowedHosts: ['localhost', '127.0.0.1'], allowUnauthenticated: true });
    const site = new Hono();
    site.all('/mcp', ({ req }) => mcp(req.raw));
    //#endregion
    const call: typeof fetch = async (input, init) => site.fetch(new Request(input, init));
    return { url: new URL('http://localhost/mcp'), fetch: call, close: mcp.close };
  },
  'anything that answers fetch requests': async (app) => {
    const mcp = fetchHandler(app, { ...OPTIONS, publicUrl: 'https://mcp.example.com/mcp', allowUnauthenticated: true });
    const call: typeof fetch = (input, init) => mcp(new Request(input, init));
    return { url: new URL('https://mcp.example.com/mcp'), fetch: call, close: mcp.close };
  },
};

describe.each(Object.keys(MOUNTS))('An app mounted in %s', (name) => {
  let stage: Stage;
  let app: App;
  let mount: Mount;
  beforeAll(async () => {
    stage = new Stage();
    app = await createApp({
      name: 'desk',
      version: '1.0.0',
      use: [Desk],
      providers: [{ provide: Stage, useValue: stage }],
    });
    mount = await (MOUNTS[name] as (app: App) => Promise<Mount>)(app);
  });
  afterAll(async () => {
    await mount.close();
    await app.close();
  });

  describe.each(['2025-11-25', '2026-07-28'] as const)('on %s', (revision) => {
    let client: Client;
    let resumed = 0;
    beforeAll(async () => {
      const counting: typeof fetch = (url, init) => {
        if (new Headers(init?.headers).has('last-event-id')) resumed++;
        return mount.fetch(url, init);
      };
      client = new Client(
        { name: 'sdk-v2', version: '1.0.0' },
        {
          capabilities: { elicitation: { form: {} } },
          versionNegotiation: { mode: revision === '2025-11-25' ? 'legacy' : { pin: revision } },
        },
      );
      client.setRequestHandler('elicitation/create', () => ({ action: 'accept', content: { name: 'Ada' } }));
      await client.connect(checked(new StreamableHTTPClientTransport(mount.url, { fetch: counting }), revision));
    });
    afterAll(() => client.close());

    const textOf = (result: object): unknown =>
      (result as { content: readonly { readonly text?: string }[] }).content[0]?.text;

    it('answers a call', async () => {
      expect(textOf(await client.callTool({ name: 'add', arguments: { a: 2, b: 40 } }))).toBe('42');
    });

    it('streams progress ahead of the result', async () => {
      const told: unknown[] = [];
      const onprogress = ({ message }: { message?: string }): void => {
        told.push(message);
        // The tool goes on only where the first message has arrived while it runs.
        if (message === 'begun') stage.release();
      };
      expect(textOf(await client.callTool({ name: 'hold' }, { onprogress }))).toBe('held');
      expect(told).toEqual(['begun', 'released']);
    });

    it('asks its client a question', async () => {
      expect(textOf(await client.callTool({ name: 'greet' }))).toBe('Hello, Ada!');
    });

    it('ends a call that its client gives up', async () => {
      const stop = new AbortController();
      const [waiting, aborted] = [stage.waiting, stage.aborted.length];
      const call = client.callTool({ name: 'wait' }, { signal: stop.signal });
      await until(() => stage.waiting > waiting);
      stop.abort();
      await expect(call).rejects.toThrow();
      await until(() => stage.aborted.length > aborted);
    });

    if (revision === '2025-11-25' && /after|anything/.test(name)) {
      it('lets its client come back for the rest of a stream (SEP-1699)', async () => {
        const before = resumed;
        const call = client.callTool({ name: 'hold' }, { onprogress: () => undefined });
        await until(() => resumed > before);
        stage.release();
        expect(textOf(await call)).toBe('held');
      });
    }
  });
});
