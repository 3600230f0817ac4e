import type { App } from 'perdura';
import { until } from '../fixtures/until.js';
import { hotelApp } from './hotel-app.js';
import {
  accept,
  ALICE,
  type Fields,
  META,
  MORE_THAN_A_SENTENCE,
  type Pending,
  RawClient2025,
  RawClient2026,
} from './raw-client.js';

const QUESTIONS = ['elicitation/create', 'sampling/createMessage', 'roots/list'];
/** What 2025-11-25 has of its own, and 2026-07-28 may not send any more. */
const RETIRED = [-32002, -32042];
const DEFINED = [-32020, -32021, -32022];
const KEY = /^([a-z][a-z0-9-]*(\.[a-z][a-z0-9-]*)*\/)?[a-z0-9A-Z]([\w.-]*[a-z0-9A-Z])?$/;
/** Names without a prefix that the revisions define themselves. */
const OWN = ['progressToken', 'traceparent', 'tracestate', 'baggage'];

function* membersNamed(name: string, value: unknown): Generator<unknown> {
  if (typeof value !== 'object' || value === null) return;
  for (const [key, member] of Object.entries(value)) {
    if (key === name) yield member;
    yield* membersNamed(name, member);
  }
}

describe.each(['2025-11-25', '2026-07-28'] as const)('all that a server sends on %s', (revision) => {
  let app: App;
  /** Every message of the server, in the order in which they came. */
  const sent: Fields[] = [];
  const answers: { readonly method: string; readonly message: Fields }[] = [];

  beforeAll(async () => {
    app = await hotelApp({ limits: { pageSize: 4 } });
    const options = { principal: ALICE };
    const client = revision === '2025-11-25' ? new RawClient2025(app, options) : new RawClient2026(app, options);
    if (client instanceof RawClient2025)
      client.answer = ({ method }) => (method === QUESTIONS[0] ? accept({ name: 'Ada' }) : undefined);
    const meta = revision === '2025-11-25' ? {} : { [`${META}logLevel`]: 'debug' };
    const ask = async (method: string, params: Fields = {}, broken = false): Promise<Fields> => {
      const call: Pending = client.start(method, params, { broken, meta: { ...meta, progressToken: answers.length } });
      const message = { ...(await call.response) } as Fields;
      sent.push(...(call.messages as unknown as Fields[]), message);
      answers.push({ method, message });
      return message;
    };
    for (const list of ['tools', 'prompts', 'resources', 'resources/templates']) {
      const first = await ask(`${list}/list`);
      await ask(`${list}/list`, { cursor: (first['result'] as Fields)['nextCursor'] ?? 'no cursor' });
    }
    for (const name of ['book', 'tell', 'leak', 'bells', 'serve', 'strike', 'unheard']) {
      await ask('tools/call', { name, ...(name === 'book' && { arguments: { wing: 'east' } }) });
    }
    await ask('prompts/get', { name: 'toast' });
    await ask('prompts/get', { name: 'greet', arguments: { language: 'la' } });
    await ask('prompts/get', { name: 'greet', arguments: { language: 'de' } });
    for (const uri of ['hotel://menu', 'hotel://bill', 'hotel://nothing', 'hotel://room/13'])
      await ask('resources/read', { uri });
    await ask('completion/complete', {
      ref: { type: 'ref/prompt', name: 'greet' },
      argument: { name: 'language', value: '' },
    });
    for (const method of ['server/discover', 'initialize', 'ping', 'tasks/list', 'fly']) await ask(method, {}, true);
    await ask('tasks/get', { taskId: 'none' });
    await ask('tools/call', {}, true);
    if (client instanceof RawClient2025) {
      await ask('tools/call', { name: 'cook', arguments: { dish: 'soup' }, task: {} });
      await until(() => client.unasked.some(({ params }) => params?.['status'] === 'completed'));
      sent.push(...(client.unasked as unknown as Fields[]));
    }
  });
  afterAll(() => app.close());

  // Spec: messages.notification-id, messages.result-member, messages.error-code
  it('is a notification without an id, a response with one, or on 2025-11-25 a question', () => {
    expect(sent.length).toBeGreaterThan(30);
    for (const message of sent) {
      const method = message['method'] as string | undefined;
      if (method?.startsWith('notifications/')) expect(message).not.toHaveProperty('id');
      else if (method !== undefined) expect(QUESTIONS).toContain(method);
      else expect('result' in message).toBe(!('error' in message));
    }
  });

  // Spec: rounds.no-requests@2026-07-28, stream.requests@2026-07-28, rounds.supported@2026-07-28
  // Spec: elicit.message, cancel.server-sent@2026-07-28
  it('asks in the way of its revision, and where that may be', () => {
    const questions = sent.filter(({ method }) => QUESTIONS.includes(String(method)));
    const rounds = answers.filter(
      ({ message }) => (message['result'] as Fields | undefined)?.['resultType'] === 'input_required',
    );
    const asked =
      revision === '2025-11-25'
        ? questions
        : rounds.flatMap(({ message }) => Object.values((message['result'] as Fields)['inputRequests'] as Fields));
    expect(asked.length).toBeGreaterThanOrEqual(2);
    for (const { params } of asked as { params: Fields }[]) {
      expect(params['message']).toEqual(expect.any(String));
      expect(['form', 'url', undefined]).toContain(params['mode']);
    }
    if (revision === '2025-11-25') return expect(rounds).toEqual([]);
    expect(questions).toEqual([]);
    expect(sent.filter(({ method }) => method === 'notifications/cancelled')).toEqual([]);
    for (const { method } of rounds) expect(['tools/call', 'prompts/get', 'resources/read']).toContain(method);
  });

  // Spec: messages.error-member, messages.error-sentence
  // Spec: messages.legacy-codes@2026-07-28, messages.legacy-range@2026-07-28
  // Spec: messages.reserved-codes@2026-07-28, messages.retired-codes@2026-07-28
  it('fails with the codes that its revision has, and with those of its handlers', () => {
    const errors = sent.flatMap(({ error }) => (error ? [error as { code: number; message: string }] : []));
    const codes = new Set(errors.map(({ code }) => code));
    expect(codes.size).toBeGreaterThanOrEqual(2);
    for (const { message } of errors) {
      expect(message).not.toBe('');
      expect(message).not.toMatch(MORE_THAN_A_SENTENCE);
    }
    for (const code of codes) {
      expect(Number.isInteger(code)).toBe(true);
      const isReserved = code <= -32000 && code >= -32099;
      if (isReserved) expect(revision === '2025-11-25' ? RETIRED : DEFINED).toContain(code);
    }
  });

  // Spec: meta.key-prefix, meta.key-name, meta.reverse-dns
  it('has keys of _meta that are well-formed, under a prefix where the specification does not give the name', () => {
    const keys = new Set(
      sent.flatMap((message) => [...membersNamed('_meta', message)].flatMap((meta) => Object.keys(meta as object))),
    );
    expect(keys.size).toBeGreaterThan(0);
    for (const key of keys) {
      expect(key).toMatch(KEY);
      expect(OWN.includes(key) || key.startsWith(META)).toBe(true);
    }
  });

  // Spec: logging.logger, logging.internals, logging.access
  it('logs what handlers log, under their names, to who called them, and nothing of what goes wrong inside', () => {
    const logs = sent.filter(({ method }) => method === 'notifications/message').map(({ params }) => params as Fields);
    expect(logs.length).toBeGreaterThanOrEqual(2);
    for (const { data, logger } of logs) {
      expect(['fine print', { opened: true }, 'the lift is stuck']).toContainEqual(data);
      expect(logger).toBe(data === 'the lift is stuck' ? 'lift' : undefined);
    }
    expect(JSON.stringify(sent)).not.toMatch(/hunter2|\/srv\//);
  });
});
