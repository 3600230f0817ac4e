import { Client, StreamableHTTPClientTransport } from '@modelcontextprotocol/client';
import { checked } from '../clients/checked-transport.js';
import { type Child, startChild } from '../../examples/research/client/child.js';

describe('the first server of the README', () => {
  let server: Child;
  let client: Client;

  beforeAll(async () => {
    const listening = new Promise<string>((resolve) => {
      const args = ['--import', '@swc-node/register/esm-register', 'examples/first-server/server.ts'];
      process.env['PORT'] = '0';
      server = startChild({ command: process.execPath, args, cwd: process.cwd() }, (line) => {
        if (line.startsWith('Listening on ')) resolve(line.slice('Listening on '.length));
      });
      delete process.env['PORT'];
    });
    const url = await Promise.race([listening, server.gone]);
    client = new Client({ name: 'newcomer', version: '1.0.0' });
    await client.connect(checked(new StreamableHTTPClientTransport(new URL(url)), '2025-11-25'));
  }, 60_000);

  afterAll(async () => {
    await client.close();
    server.kill();
    await server.gone;
  });

  it('tells a price', async () => {
    const { content } = await client.callTool({ name: 'price', arguments: { to: 'Oslo', nights: 3 } });
    expect(content).toEqual([{ type: 'text', text: '330 euros' }]);
  });

  it('books a trip step by step', async () => {
    const { content } = await client.callTool({ name: 'book', arguments: { to: 'Oslo' } });
    expect(content).toMatchObject([{ text: JSON.stringify({ seat: 'a seat to Oslo', room: '2 nights in Oslo' }) }]);
  }, 60_000);
});
