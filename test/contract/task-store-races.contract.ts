import { LIMITS, newTask, type OpenStore, ASKED, steps, type StoreUnderTest, value } from './store-under-test.js';
import { seededRandom } from '../fixtures/seeded-random.js';

const ROUNDS = 500;

export function racesContract(open: OpenStore): void {
  let under: StoreUnderTest;
  const { running, read } = steps(() => under);
  beforeEach(async () => void (under = await open()));
  afterEach(() => under.close());

  /** Starts all of them, each after a random number of turns of the event loop. */
  function interleave<T extends readonly (() => Promise<unknown>)[]>(random: () => number, acts: T) {
    return Promise.all(
      acts.map(async (act) => {
        for (let turns = Math.floor(random() * 4); turns > 0; turns--)
          await new Promise((resolve) => setImmediate(resolve));
        return act();
      }),
    ) as Promise<{ [K in keyof T]: Awaited<ReturnType<T[K]>> }>;
  }

  it('lets either a cancel or a finish through, never both, and what it wrote stays', async () => {
    const random = seededRandom();
    const other = await under.connect();
    for (let round = 0; round < ROUNDS; round++) {
      const { record, fence } = await running();
      const [finished, cancelled] = await interleave(random, [
        () => under.store.finish(fence, { kind: 'result', result: { content: [] } }),
        () => other.cancel('alice', record.taskId),
        () => under.store.heartbeat(fence, 'late'),
        () => under.store.append(fence, 0, 'a', { fingerprint: 'f', outcome: { value: round } }),
      ] as const);
      expect([finished.ok, cancelled.ok].sort()).toEqual([false, true]);
      const ended = await read(record);
      expect([ended.status, ended.outcome?.kind]).toEqual(
        finished.ok ? ['completed', 'result'] : ['cancelled', 'cancelled'],
      );
      expect(finished.ok ? finished.value : value(cancelled)).toEqual(ended);
    }
  });

  it('never loses the wake-up when an answer meets a park', async () => {
    const random = seededRandom();
    const other = await under.connect();
    const outcomes = new Set<string>();
    for (let round = 0; round < ROUNDS; round++) {
      const { record, fence } = await running();
      value(await under.store.ask(fence, 'q', ASKED));
      const [parked, answered] = await interleave(random, [
        () => under.store.park(fence, { questions: ['q'] }),
        () => other.answer('alice', record.taskId, { q: { round } }),
      ] as const);
      const kind = value(parked).kind;
      outcomes.add(kind);
      expect(value(answered).enqueue).toBe(kind === 'parked' ? 2 : undefined);
      expect((await read(record)).run).toBe(kind === 'parked' ? 'queued' : 'running');
      await under.store.cancel('alice', record.taskId);
    }
    expect([...outcomes].sort()).toEqual(['parked', 'replay']);
  });

  it('takes one of several answers that race, and tells all of them the same', async () => {
    const random = seededRandom();
    const clients = await Promise.all([under.connect(), under.connect(), under.connect()]);
    for (let round = 0; round < ROUNDS / 5; round++) {
      const { record, fence } = await running();
      value(await under.store.ask(fence, 'q', ASKED));
      const answered = await interleave(
        random,
        clients.map((store, i) => () => store.answer('alice', record.taskId, { q: i })),
      );
      const winners = answered.flatMap((one, i) => (value(one).taken.length > 0 ? [i] : []));
      expect(winners).toHaveLength(1);
      expect((await read(record)).answers).toEqual({ q: winners[0] });
    }
  });

  it('never takes more live tasks of an owner than the limit, however many ask at once', async () => {
    const other = await under.connect();
    const clients = Array.from({ length: 40 }, (_, i) => (i % 2 === 0 ? under.store : other));
    const created = await Promise.all(clients.map((store) => store.create(newTask(), { ...LIMITS, perOwner: 5 })));
    expect(created.filter(({ ok }) => ok)).toHaveLength(5);
  });
}
