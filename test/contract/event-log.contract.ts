import { type EventLog, KEPT_EVENTS, type StreamOrigin } from '../../framework/server/streams/event-log.js';

/** What every `EventLog` must do, whatever keeps it. */
export function eventLogContract(open: () => Promise<{ readonly log: EventLog; close(): Promise<void> }>): void {
  let log: EventLog;
  let close: () => Promise<void>;
  beforeEach(async () => ({ log, close } = await open()));
  afterEach(() => close());

  const ORIGIN: StreamOrigin = { writer: 'a', requestId: 7 };
  const append = async (body: string, origin = ORIGIN) => log.append('s.1', origin, body);

  it('numbers events from 1, and tells who serves which request', async () => {
    expect([await append('one'), await append('two')]).toEqual([{ number: 1 }, { number: 2 }]);
    expect(await log.read('s.1', 0)).toEqual({
      ...ORIGIN,
      events: [
        { number: 1, body: 'one' },
        { number: 2, body: 'two' },
      ],
      last: 2,
      isOver: false,
    });
    expect((await log.read('s.1', 1))?.events).toEqual([{ number: 2, body: 'two' }]);
  });

  it('knows of no stream that was never opened, nor of another one’s events', async () => {
    await append('one');
    expect(await log.read('s.2', 0)).toBeUndefined();
    expect(await log.resume('s.2', 0, 'b')).toBeUndefined();
    await log.append('s.2', ORIGIN, 'other');
    expect((await log.read('s.1', 0))?.events).toEqual([{ number: 1, body: 'one' }]);
  });

  it('remembers what the token was granted that a request came with, also for who carries on', async () => {
    const scopes = ['files:read', 'a"b'];
    await append('one', { ...ORIGIN, scopes });
    await log.follow('s.1', { ...ORIGIN, scopes, taskId: 't' });
    expect(await log.read('s.1', 1)).toMatchObject({ scopes, taskId: 't', events: [] });
    expect(await log.resume('s.1', 0, 'b')).toMatchObject({ scopes, taskId: 't', writer: 'b' });
    await append('two', { writer: 'b', requestId: 7, taskId: 't', scopes });
    expect(await log.read('s.1', Number.MAX_SAFE_INTEGER)).toMatchObject({ scopes, last: 2, events: [] });
  });

  it('remembers of what belongs to no request all that was granted to whom it was said, whoever listens later', async () => {
    await log.listen('s.g', 'a');
    await log.append('s.g', {}, 'one');
    expect(await log.read('s.g', 0)).not.toHaveProperty('scopes');
    for (const scopes of [['a', 'b/c'], ['b/c', 'd'], ['a']]) await log.append('s.g', { scopes }, 'more');
    await log.append('s.g', {}, 'last');
    await log.listen('s.g', 'b');
    expect((await log.read('s.g', 5))?.scopes).toEqual(['a', 'b/c', 'd']);
  });

  it('keeps numbers and names as they were given', async () => {
    await log.append('s.3', { writer: 'a', requestId: '7' }, 'body with\nlines and ünïcode');
    expect(await log.read('s.3', 0)).toMatchObject({
      requestId: '7',
      events: [{ number: 1, body: 'body with\nlines and ünïcode' }],
    });
  });

  it('is over with the response, or without one', async () => {
    await append('one');
    expect(await log.end('s.1', ORIGIN, 'response')).toEqual({ number: 2 });
    expect(await log.read('s.1', 1)).toMatchObject({
      events: [{ number: 2, body: 'response' }],
      last: 2,
      isOver: true,
    });
    await log.append('s.2', ORIGIN, 'one');
    expect(await log.end('s.2', ORIGIN)).toEqual({ number: 1 });
    expect(await log.read('s.2', 1)).toMatchObject({ events: [], last: 1, isOver: true });
  });

  it('tells the writer of the process that reads for a client which came back', async () => {
    await append('one');
    expect(await log.resume('s.1', 0, 'b')).toMatchObject({ reader: 'b', writer: 'a', last: 1 });
    expect(await append('two')).toEqual({ number: 2, reader: 'b' });
    await log.resume('s.1', 2, 'c');
    expect(await append('three')).toEqual({ number: 3, reader: 'c' });
  });

  it('lets whoever a client comes back to write what waits for a task, and refuses the earlier writer', async () => {
    await log.follow('s.1', { ...ORIGIN, taskId: 'task' });
    expect(await log.resume('s.1', 0, 'b')).toEqual({
      writer: 'b',
      requestId: 7,
      taskId: 'task',
      events: [],
      last: 0,
      isOver: false,
    });
    expect(await append('late')).toBeUndefined();
    expect(await log.end('s.1', ORIGIN, 'late')).toBeUndefined();
    expect(await append('next', { ...ORIGIN, writer: 'b', taskId: 'task' })).toEqual({ number: 1 });
  });

  it('only reads what is over already', async () => {
    await log.follow('s.1', { ...ORIGIN, taskId: 'task' });
    await log.end('s.1', { ...ORIGIN, taskId: 'task' }, 'response');
    expect(await log.resume('s.1', 0, 'b')).toMatchObject({ writer: 'a', reader: 'b', isOver: true });
  });

  it('hands a stream over when it is told that its writer has died', async () => {
    await append('one');
    await log.take('s.1', 'b');
    expect(await append('late')).toBeUndefined();
    expect(await log.end('s.1', { writer: 'b' }, 'sorry')).toEqual({ number: 2 });
    expect(await log.read('s.1', 0)).toMatchObject({ requestId: 7, writer: 'b', isOver: true });
  });

  it('keeps what belongs to no request from when somebody listens, and for whoever listened last', async () => {
    expect(await log.append('s.g', {}, 'nobody')).toBeUndefined();
    expect(await log.listen('s.g', 'a')).toBe(0);
    expect(await log.append('s.g', {}, 'one')).toEqual({ number: 1, reader: 'a' });
    expect(await log.listen('s.g', 'b')).toBe(1);
    expect(await log.append('s.g', {}, 'two')).toEqual({ number: 2, reader: 'b' });
    expect(await log.read('s.g', 1)).toMatchObject({ events: [{ number: 2, body: 'two' }], reader: 'b' });
  });

  it('is bounded: the oldest events go, and their numbers with them', async () => {
    for (let number = 1; number <= KEPT_EVENTS + 10; number++) await append(String(number));
    const state = await log.read('s.1', 0);
    expect(state?.events).toHaveLength(KEPT_EVENTS);
    expect(state?.events[0]).toEqual({ number: 11, body: '11' });
    expect(state?.last).toBe(KEPT_EVENTS + 10);
  });
}
