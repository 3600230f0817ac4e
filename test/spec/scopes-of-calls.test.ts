import { IsBoolean, IsOptional } from 'class-validator';
import { type App, type CallContext, createApp, InsufficientScope, Prompt, Resource, Tool } from 'perdura';
import { type HttpServer, serveHttp } from 'perdura/http';
import { checkedConnect as connect } from '../checked-connect.js';
import {
  openSession,
  type Received,
  events,
  send,
  sessionRequest,
  STATELESS,
  statelessRequest,
} from '../server/send.js';
import type { Fields } from './raw-client.js';

const GRANTED: Record<string, string[]> = { reader: ['files:read'], deleter: ['files:read', 'files:delete'] };
//#region needed
const DELETE = ['files:read', 'files:delete'];

function allow({ principal }: CallContext): void {
  if (!DELETE.every((scope) => principal.scopes.includes(scope))) throw new InsufficientScope(DELETE);
}
//#endregion

class Deletion {
  @IsBoolean() @IsOptional() loudly = false;
}

class Files {
  @Tool({ name: 'delete', description: 'Deletes a file.', scopes: ['files:read'], input: Deletion })
  delete({ loudly }: Deletion, ctx: CallContext): string {
    if (loudly) ctx.progress(1);
    allow(ctx);
    return 'deleted';
  }

  @Prompt({ name: 'tidy', description: 'Asks to delete what is old.' })
  tidy(_: unknown, ctx: CallContext): string {
    allow(ctx);
    return 'Please tidy up.';
  }

  @Resource({ name: 'file', uriTemplate: 'files://{name}' })
  file({ name }: { name: string }, ctx: CallContext): string {
    if (name === 'deleted') allow(ctx);
    return name;
  }
}

describe.each(['2025-11-25', '2026-07-28'] as const)(
  'scopes that a call asks for by what it is to do, on %s',
  (revision) => {
    let app: App;
    let server: HttpServer;

    beforeAll(async () => {
      app = await createApp({ name: 'files', version: '1.0.0', use: [Files] });
      server = await serveHttp(app, {
        port: 0,
        authorization: {
          authorizationServers: ['https://login.example.com'],
          resource: 'https://files.example.com/mcp',
          verify: (token) => ({
            owner: 'ann',
            audience: 'https://files.example.com/mcp',
            scopes: GRANTED[token] ?? [],
          }),
        },
      });
    });
    afterAll(() => server.close());

    const ask = async (token: string, method: string, params: Fields): Promise<Received> => {
      const authorization = `Bearer ${token}`;
      if (revision === '2025-11-25') {
        const headers = await openSession(server.port, { authorization });
        return send(server.port, { headers, body: sessionRequest(method, params) });
      }
      const named = { 'mcp-method': method, 'mcp-name': (params['name'] ?? params['uri']) as string };
      const headers = { ...STATELESS, authorization, ...named };
      return send(server.port, { headers, body: statelessRequest(method, params) });
    };

    // Spec: auth.insufficient, auth.insufficient-all
    it.each([
      ['tools/call', { name: 'delete' }],
      ['prompts/get', { name: 'tidy' }],
      ['resources/read', { uri: 'files://deleted' }],
    ])('answer 403 with all that is needed: %s', async (method, params) => {
      const { status, headers, body } = await ask('reader', method, params);
      expect(status).toBe(403);
      expect(headers['www-authenticate']).toBe(
        'Bearer error="insufficient_scope", scope="files:read files:delete", resource_metadata="https://files.example.com/.well-known/oauth-protected-resource/mcp"',
      );
      const { error } = JSON.parse(body) as { error: Fields };
      expect(error).toMatchObject({ code: -32600, data: { reason: 'insufficient_scope', scopes: DELETE } });
      expect((await ask('deleter', method, params)).status).toBe(200);
    });

    it('say so on the stream where it has begun', async () => {
      const { status, body } = await ask('reader', 'tools/call', {
        ...{ name: 'delete', arguments: { loudly: true } },
        _meta: { progressToken: 1 },
      });
      if (status === 200) expect(events(body).at(-1)).toMatchObject({ error: { data: { scopes: DELETE } } });
      else expect(status).toBe(403);
    });

    it('are an error of JSON-RPC where there is no HTTP', async () => {
      const client = await connect(app, { revision });
      await expect(client.callTool('delete')).rejects.toMatchObject({ code: -32600, data: { scopes: DELETE } });
      await client.close();
    });
  },
);
