import type { App } from '../server/app.js';
import type { JsonRpcNotification, JsonRpcRequest } from '../protocol/messages/json-rpc.js';
import type { Session } from '../protocol/protocol.js';
import type { Implementation, InputRequest } from '../spec.js';
import { answer, type Answers, capabilitiesOf } from './answers.js';
import type { Connection, RequestOptions, TaskView, Wire } from './connection.js';

/** Opens a session and answers the server's requests as they come. */
export async function connect2025(
  app: App,
  wire: Wire,
  answers: Answers,
  clientInfo: Implementation,
  onNotification: (message: JsonRpcNotification) => void,
): Promise<Connection> {
  const hello = wire.request('initialize', {
    protocolVersion: '2025-11-25',
    capabilities: capabilitiesOf(answers),
    clientInfo,
  });
  const opened = app.protocol.initialize(
    hello,
    wire.exchange(() => undefined),
  );
  wire.open(opened.answer, 'initialize');
  const session = opened.session as Session;
  void session.receive(wire.sent({ jsonrpc: '2.0', method: 'notifications/initialized' }), wire.principal);

  const receive = (message: JsonRpcRequest | JsonRpcNotification, options?: RequestOptions): void => {
    if ('id' in message) void reply(message);
    else {
      options?.onMessage?.(message);
      onNotification(message);
    }
  };
  const reply = async (question: JsonRpcRequest): Promise<void> => {
    const { id, method, params } = question;
    const response = await answer(answers, { method, params } as InputRequest).then(
      (result) => ({ jsonrpc: '2.0' as const, id, result }),
      (error: Error) => ({ jsonrpc: '2.0' as const, id, error: { code: -32601, message: error.message } }),
    );
    await Promise.resolve(session.receive(wire.sent(response, method), wire.principal)).catch(() => undefined);
  };
  session.attach((message) => receive(wire.received(message)));

  const request: Connection['request'] = async (method, params = {}, options = {}) => {
    const meta = options.progressToken === undefined ? {} : { _meta: { progressToken: options.progressToken } };
    const message = wire.request(method, { ...params, ...meta });
    const exchange = wire.exchange((arrived) => receive(arrived, options));
    const cancelled = { requestId: message.id };
    const cancel = (): void =>
      void session.receive(
        wire.sent({ jsonrpc: '2.0', method: 'notifications/cancelled', params: cancelled }),
        wire.principal,
      );
    const answer = session.serve(message, exchange);
    if (options.signal?.aborted) cancel();
    options.signal?.addEventListener('abort', cancel);
    return wire.open(await answer, method);
  };

  return {
    request,
    startTask: async (name, args = {}, ttl) => {
      const task = ttl === undefined ? {} : { ttl };
      return (await request('tools/call', { name, arguments: args, task }))['task'] as TaskView;
    },
    getTask: async (taskId) => (await request('tasks/get', { taskId })) as unknown as TaskView,
    cancelTask: async (taskId) => void (await request('tasks/cancel', { taskId })),
    followTask: (taskId) => request('tasks/result', { taskId }),
    close: async () => session.close(),
  };
}
