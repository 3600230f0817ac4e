import { Client, StreamableHTTPClientTransport } from '@modelcontextprotocol/client';
import { StdioClientTransport } from '@modelcontextprotocol/client/stdio';
import type { App } from 'perdura';
import { type HttpServer, serveHttp } from 'perdura/http';
import { deskApp, SECRET } from '../fixtures/desk-app.js';
import { until } from '../fixtures/until.js';
import { checked } from './checked-transport.js';
import { clerkModel } from '../fixtures/clerk-model.js';

const NODE_ARGS = ['--import', '@swc-node/register/esm-register', 'test/fixtures/desk-stdio.ts'];

describe.each(['2025-11-25', '2026-07-28'] as const)("the SDK's v2 Client on %s", (revision) => {
  describe.each(['http', 'stdio'] as const)('over %s', (kind) => {
    let app: App;
    let server: HttpServer | undefined;
    let client: Client;

    beforeAll(async () => {
      client = new Client(
        { name: 'sdk-v2', version: '1.0.0' },
        {
          capabilities: { elicitation: { form: {} }, sampling: { tools: {} } },
          versionNegotiation: { mode: revision === '2025-11-25' ? 'legacy' : { pin: revision } },
        },
      );
      client.setRequestHandler('elicitation/create', () => ({ action: 'accept', content: { name: 'Ada' } }));
      client.setRequestHandler('sampling/createMessage', ({ params }) => clerkModel(params) as never);
      if (kind === 'http') {
        app = await deskApp();
        server = await serveHttp(app, { port: 0 });
        await client.connect(checked(new StreamableHTTPClientTransport(new URL(server.url)), revision));
      } else {
        await client.connect(
          checked(new StdioClientTransport({ command: process.execPath, args: NODE_ARGS }), revision),
        );
      }
    });

    afterAll(async () => {
      await client.close();
      await server?.close();
    });

    it('learns who the server is', () => {
      expect(client.getServerVersion()).toMatchObject({ name: 'desk', version: '1.2.3' });
      expect(client.getInstructions()).toBe('Ask the desk to add numbers.');
    });

    it('lists tools and calls one for structured content', async () => {
      const { tools } = await client.listTools();
      expect(tools.map(({ name }) => name)).toContain('add');
      const result = await client.callTool({ name: 'add', arguments: { a: 2, b: 40 } });
      expect(result.structuredContent).toEqual({ sum: 42 });
    });

    it('is told what is wrong with its arguments, so that a model can mend them', async () => {
      const result = await client.callTool({ name: 'add', arguments: { a: 'two', b: 40 } });
      expect(result.isError).toBe(true);
      expect(JSON.stringify(result.content)).toContain('a');
      expect(JSON.stringify(result.content)).not.toContain('two');
    });

    it('sees a ToolError as it is and nothing of any other error', async () => {
      const refused = await client.callTool({ name: 'refuse', arguments: {} });
      expect(refused).toMatchObject({
        isError: true,
        content: [{ type: 'text', text: 'The desk is closed. Try again at nine.' }],
      });
      const failed = await client.callTool({ name: 'leak', arguments: {} });
      expect(failed.isError).toBe(true);
      expect(JSON.stringify(failed)).not.toContain(SECRET);
    });

    if (kind === 'http') {
      // Not over stdio: this client drops progress that arrives in one chunk with the result.
      it('hears of progress', async () => {
        const heard: number[] = [];
        await client.callTool({ name: 'count', arguments: {} }, { onprogress: ({ progress }) => heard.push(progress) });
        expect(heard).toEqual([1, 2, 3]);
      });
    }

    if (kind === 'http') {
      it('hears of lists that change and of resources that it follows', async () => {
        const heard = new Set<string>();
        client.setNotificationHandler('notifications/tools/list_changed', () => void heard.add('tools'));
        client.setNotificationHandler('notifications/resources/updated', ({ params }) => void heard.add(params.uri));
        const uri = 'desk://about';
        const filter = { toolsListChanged: true, resourceSubscriptions: [uri, 'desk://nothing'] };
        const subscription = revision === '2026-07-28' ? await client.listen(filter) : undefined;
        if (!subscription) await client.subscribeResource({ uri });
        await until(async () => {
          await app.catalog.disable('tool', 'refuse');
          await app.catalog.enable('tool', 'refuse');
          app.catalog.resourceUpdated(uri);
          return heard.has('tools') && heard.has(uri);
        });
        expect(subscription?.honoredFilter ?? filter).toMatchObject({ toolsListChanged: true });
        expect(subscription?.honoredFilter.resourceSubscriptions ?? [uri]).toEqual([uri]);
        await subscription?.close();
        expect(await subscription?.closed).toBe(subscription && 'local');
      });
    }

    it('answers a form and goes on with the call', async () => {
      const result = await client.callTool({ name: 'greet', arguments: {} });
      expect(result.content).toEqual([{ type: 'text', text: 'Hello, Ada!' }]);
    });

    it('lends its model to an agent, tools and all', async () => {
      const result = await client.callTool({ name: 'delegate', arguments: { question: 'What is 2 and 40?' } });
      expect(result.content).toEqual([{ type: 'text', text: 'The sum is 42.' }]);
    });

    it('reads resources, fixed and by template', async () => {
      const about = await client.readResource({ uri: 'desk://about' });
      expect(about.contents[0]).toMatchObject({ mimeType: 'text/markdown', text: '# The desk\n\nAdds numbers.' });
      const note = await client.readResource({ uri: 'note://12' });
      expect(note.contents[0]).toMatchObject({ uri: 'note://12', text: 'Note 12' });
      const logo = await client.readResource({ uri: 'desk://logo' });
      expect(logo.contents[0]).toMatchObject({ blob: 'iVBORw==' });
    });

    it('gets a prompt and completes its argument', async () => {
      const prompt = await client.getPrompt({ name: 'letter', arguments: { to: 'Bob', tone: 'warm' } });
      expect(prompt.messages).toEqual([
        { role: 'user', content: { type: 'text', text: 'Write a warm letter to Bob.' } },
      ]);
      const { completion } = await client.complete({
        ref: { type: 'ref/prompt', name: 'letter' },
        argument: { name: 'tone', value: 'fo' },
      });
      expect(completion.values).toEqual(['formal']);
    });

    it('is told that an unknown tool and an unknown resource do not exist', async () => {
      await expect(client.callTool({ name: 'nothing', arguments: {} })).rejects.toMatchObject({ code: -32602 });
      // The client shows both revisions' codes (-32002 and -32602) as the later one.
      await expect(client.readResource({ uri: 'desk://nothing' })).rejects.toMatchObject({
        code: -32602,
        data: { uri: 'desk://nothing' },
      });
    });
  });
});
