import { META, TASKS } from '../spec/raw-client.js';
import { until } from '../fixtures/until.js';
import { statelessRequest } from '../server/send.js';
import { argumentsOf, Child, familyOf, STARTS } from './restless.js';

jest.setTimeout(2 * STARTS);

const call = (name: string): { readonly id: number } => {
  const sent = statelessRequest('tools/call', { name, arguments: {} }) as { id: number; params: { _meta: object } };
  Object.assign(sent.params._meta, { [`${META}clientCapabilities`]: { extensions: { [TASKS]: {} } } });
  return sent;
};

describe('a stdio server in a process of its own', () => {
  // Spec: stdio.exit
  it('ends when its parent was killed, whatever it is doing, and though nobody reads what it says', async () => {
    const doing = { serving: [], staying: [call('stay')], digging: [call('dig')], flooding: [call('flood')] };
    await Promise.all(
      Object.entries(doing).map(async ([what, messages]) => {
        const { parent, gone } = familyOf('restless-stdio.ts', messages);
        await parent.at(what);
        expect(gone()).toBe(false);
        parent.process.kill('SIGKILL');
        await until(gone);
      }),
    );
  });

  it('answers what comes to its end after SIGTERM or SIGINT, and ends with code 0', async () => {
    await Promise.all(
      (['SIGTERM', 'SIGINT'] as const).map(async (signal) => {
        const server = new Child(argumentsOf('restless-stdio.ts'));
        const [parts, stays] = [call('part'), call('stay')];
        server.tell(parts, stays);
        await Promise.all([server.at('waiting'), server.at('staying')]);
        server.process.kill(signal);
        expect(await server.ended()).toBe(0);
        expect(server.messages).toMatchObject([{ id: parts.id, result: { content: [{ text: 'goodbye' }] } }]);
      }),
    );
  });

  // Spec: stdio.only-messages, stdio.newlines
  it('says nothing but messages, whatever prints, and whatever bytes it is sent', async () => {
    const server = new Child(argumentsOf('restless-stdio.ts'));
    const asked = call('chatter');
    server.tell(
      '\0\0\0\n',
      '{"jsonrpc":"2.0","id":1,"method":"a\0b"}\n',
      Buffer.from([0xc3, 0x28, 0x0a]),
      '\r\n\n',
      asked,
    );
    await until(() => server.messages.length === 4, STARTS);
    server.tell('{"jsonrpc":"2.0","id":2,"method":"server/discover"');
    server.process.stdin?.end();
    expect(await server.ended()).toBe(0);
    const [last] = server.messages.slice(-1);
    expect(server.messages.slice(0, 3).map(({ error }) => error.code as number)).toEqual([-32700, -32700, -32700]);
    expect(last).toMatchObject({ id: asked.id, result: { content: [{ text: 'chattered' }] } });
    expect(server.messages).toHaveLength(4);
    for (const printed of ['console.log', 'console.info', 'process.stdout.write', 'emitWarning'])
      expect(server.err).toContain(printed);
  });
});
