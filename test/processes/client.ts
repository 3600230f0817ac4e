import { once } from 'node:events';
import { request, type IncomingMessage } from 'node:http';
import { checkedHttp } from '../checked-http.js';
import { until } from '../fixtures/until.js';
import { STATELESS, WELL_BEHAVED } from '../server/send.js';

/** Tests read into answers of every kind. */
export type Fields = Record<string, any>;

export const SESSION_VERSION = { 'mcp-protocol-version': '2025-11-25' };
const META = 'io.modelcontextprotocol/';
const CAPABILITIES = { elicitation: { form: {} }, extensions: { [`${META}tasks`]: {} } };

/** An answer that is a stream of events, or a single message, as they come. */
export class Answering {
  readonly messages: Fields[] = [];
  /** Ids of the events, in the order in which they came. */
  readonly ids: string[] = [];
  retry: number | undefined;
  isOver = false;

  /** `check` is called with each message. */
  constructor(
    readonly incoming: IncomingMessage,
    private readonly check: (message: unknown) => void,
  ) {
    let rest = '';
    const isStream = incoming.headers['content-type'] === 'text/event-stream';
    incoming.setEncoding('utf8').on('data', (chunk: string) => {
      rest += chunk;
      if (!isStream) return;
      const events = rest.split('\n\n');
      rest = events.pop() as string;
      for (const event of events) this.#take(event);
    });
    incoming.on('error', () => undefined);
    incoming.on('close', () => {
      if (!isStream && rest !== '') this.#receive(rest);
      this.isOver = true;
    });
  }

  #take(event: string): void {
    for (const line of event.split('\n')) {
      const [, field, value] = /^(\w+): ?(.*)$/.exec(line) ?? [];
      if (field === 'id') this.ids.push(value as string);
      if (field === 'retry') this.retry = Number(value);
      if (field === 'data' && value !== '') this.#receive(value as string);
    }
  }

  #receive(text: string): void {
    const message = JSON.parse(text) as Fields;
    this.check(message);
    this.messages.push(message);
  }

  get status(): number {
    return this.incoming.statusCode as number;
  }

  /** The first message that the condition holds for, as soon as it is there. */
  async find(condition: (message: Fields) => boolean, within = 15_000): Promise<Fields> {
    const find = (): Fields | undefined => this.messages.find(condition);
    await until(() => find() ?? this.isOver, within).catch(() => undefined);
    const found = find();
    if (found) return found;
    throw new Error(`It never came${this.isOver ? ' before the end' : ''}: ${JSON.stringify(this.messages)}`);
  }

  /** The response: the one message that has an id and no method. */
  response(): Promise<Fields> {
    return this.find((message) => message['id'] !== undefined && message['method'] === undefined);
  }

  hangUp(): void {
    this.incoming.destroy();
  }
}

/** Sends a request and hands out its answer as soon as its headers are there. */
export async function start(
  port: number,
  { method = 'POST', headers, body }: { method?: string; headers: Record<string, string>; body?: object },
): Promise<Answering> {
  const given = { ...(method === 'POST' ? WELL_BEHAVED : { accept: 'text/event-stream' }), ...headers };
  const outgoing = request({ host: '127.0.0.1', port, path: '/mcp', method, headers: given, agent: false });
  const text = body && JSON.stringify(body);
  const check = checkedHttp(headers, text ?? '');
  outgoing.end(text);
  const [incoming] = (await once(outgoing, 'response')) as [IncomingMessage];
  outgoing.on('error', () => undefined);
  return new Answering(incoming, check);
}

let lastId = 0;

/** A request of 2025-11-25. */
export const message = (method: string, params: Fields = {}): Fields & { readonly id: number } => ({
  jsonrpc: '2.0',
  id: ++lastId,
  method,
  params,
});

/** Opens a session that can be asked, and answers the headers of its requests. */
export async function openSession(port: number, owner = 'ada'): Promise<Record<string, string>> {
  const clientInfo = { name: 'crew', version: '1.0.0' };
  const body = message('initialize', {
    protocolVersion: '2025-11-25',
    capabilities: { elicitation: { form: {} }, tasks: {} },
    clientInfo,
  });
  const answer = await start(port, { headers: { authorization: owner }, body });
  await answer.response();
  const session = answer.incoming.headers['mcp-session-id'] as string;
  return { authorization: owner, 'mcp-session-id': session, ...SESSION_VERSION };
}

/** Calls a method of 2026-07-28 and hands out its answer. */
export function startStateless(
  port: number,
  method: string,
  params: Fields = {},
  owner = 'ada',
  meta: Fields = {},
): Promise<Answering> {
  const _meta = {
    ...meta,
    [`${META}protocolVersion`]: '2026-07-28',
    [`${META}clientInfo`]: { name: 'crew', version: '1.0.0' },
    [`${META}clientCapabilities`]: CAPABILITIES,
  };
  const name = (params['taskId'] ?? params['name'] ?? params['uri']) as string | undefined;
  const headers = { ...STATELESS, authorization: owner, 'mcp-method': method, ...(name && { 'mcp-name': name }) };
  return start(port, { headers, body: message(method, { ...params, _meta }) });
}
