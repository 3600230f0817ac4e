import { IsString } from 'class-validator';
import { createApp, Task, type TaskContext } from 'perdura';
import type { Exchange } from '../../../framework/protocol/messages/exchange.js';
import type { JsonRpcRequest } from '../../../framework/protocol/messages/json-rpc.js';
import type { Session } from '../../../framework/protocol/protocol.js';
import { ANONYMOUS } from '../../../framework/runtime/principal.js';
import { until } from '../../fixtures/until.js';

class Name {
  @IsString() name!: string;
}

let leave: (() => void) | undefined;

@Task({ name: 'greet_or_go', description: 'Greets whoever answers, unless it is sent away.', pollInterval: 20 })
class GreetOrGo {
  async call(_: unknown, ctx: TaskContext): Promise<string> {
    const greeting = ctx.elicit('Who are you?', Name).then(({ name }) => `Hello, ${name}!`);
    const going = ctx.step('go', () => new Promise<string>((resolve) => (leave = () => resolve('Gone.'))));
    return Promise.race([greeting, going]);
  }
}

describe('a 2025-11-25 stream that another process has carried on', () => {
  it('takes back a question of that process which nobody has answered, also where the task has a result without it', async () => {
    const app = await createApp({ name: 'greeter', version: '1.0.0', use: [GreetOrGo] });
    const sent: Parameters<Exchange['send']>[0][] = [];
    const exchange = (more: Partial<Exchange> = {}): Exchange => ({
      principal: ANONYMOUS,
      send: (message) => void sent.push(message),
      onClose: () => undefined,
      ...more,
    });
    let lastId = 0;
    const request = (method: string, params: Record<string, unknown>): JsonRpcRequest => {
      return { jsonrpc: '2.0', id: ++lastId, method, params };
    };
    const clientInfo = { name: 'client', version: '1.0.0' };
    const hello = { protocolVersion: '2025-11-25', capabilities: { elicitation: {} }, clientInfo };
    const session = app.protocol.initialize(request('initialize', hello), exchange()).session as Session;
    void session.receive({ jsonrpc: '2.0', method: 'notifications/initialized' }, ANONYMOUS);
    const ask = async (method: string, params: Record<string, unknown>, more?: Partial<Exchange>): Promise<any> => {
      const { body } = await session.serve(request(method, params), exchange(more));
      return (JSON.parse(body) as { result: unknown }).result;
    };

    const { taskId } = (await ask('tools/call', { name: 'greet_or_go', arguments: {}, task: {} })).task;
    await until(async () => (await ask('tasks/get', { taskId })).status === 'input_required' && leave);
    const id = `t.${taskId}.elicit#1.elsewhere`;
    let isSeen = false;
    const follows = (): void => void (isSeen = true);
    const result = ask('tasks/result', { taskId }, { carried: [id], follows });
    await until(() => isSeen);
    leave?.();
    expect((await result).content).toEqual([{ type: 'text', text: 'Gone.' }]);
    expect(sent).toMatchObject([{ method: 'notifications/cancelled', params: { requestId: id } }]);
    await app.close();
  });
});
