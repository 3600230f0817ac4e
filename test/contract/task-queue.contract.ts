import type { Job, TaskQueue } from '../../framework/tasks/task-queue.js';
import { until } from '../fixtures/until.js';

export interface QueueUnderTest {
  readonly queue: TaskQueue;
  close(): Promise<void>;
}

const job = (taskId: string, change: Partial<Job> = {}): Job => ({
  taskId,
  activation: 1,
  tool: 'research',
  ...change,
});
const limits = (concurrency: number, perTool: Record<string, number> = {}) => ({
  concurrency,
  perTool: new Map(Object.entries({ research: Infinity, ...perTool })),
});

const ranked = (priorities: Record<string, number>) => ({
  ...limits(1, Object.fromEntries(Object.keys(priorities).map((tool) => [tool, 10]))),
  priorities: new Map(Object.entries(priorities)),
});

/** A worker whose jobs run until they are told to end. */
class Bench {
  readonly started: string[] = [];
  readonly ended: string[] = [];
  #running: { readonly taskId: string; readonly resolve: () => void }[] = [];

  readonly run = ({ taskId }: Job): Promise<void> => {
    this.started.push(taskId);
    return new Promise((resolve) => this.#running.push({ taskId, resolve }));
  };

  /** Ends all runs of a task; of every task, where none is named. */
  end(taskId?: string): void {
    const ending = this.#running.filter((one) => taskId === undefined || one.taskId === taskId);
    this.#running = this.#running.filter((one) => !ending.includes(one));
    for (const { taskId: id, resolve } of ending) {
      this.ended.push(id);
      resolve();
    }
  }

  /** Ends each job once the next one of these has started. */
  async runs(...started: string[]): Promise<void> {
    for (let count = 1; count <= started.length; count++) {
      await this.has(...started.slice(0, count));
      this.end();
    }
  }

  async has(...started: string[]): Promise<void> {
    await this.#settled(started.length);
    expect(this.started).toEqual(started);
  }

  async hasInAnyOrder(...started: string[]): Promise<void> {
    await this.#settled(started.length);
    expect([...this.started].sort()).toEqual([...started].sort());
  }

  async #settled(count: number): Promise<void> {
    await until(() => this.started.length >= count);
    // What should not have started gets a chance to show.
    for (let turn = 0; turn < 5; turn++) await new Promise((resolve) => setImmediate(resolve));
  }
}

/** What every implementation of the `TaskQueue` port must do. */
export function taskQueueContract(name: string, open: () => Promise<QueueUnderTest>): void {
  describe(`${name} as a TaskQueue`, () => {
    let under: QueueUnderTest;
    let bench: Bench;
    beforeEach(async () => {
      under = await open();
      bench = new Bench();
    });
    afterEach(async () => {
      const closed = under.close();
      bench.end();
      await closed;
    });

    it('runs what was enqueued before anybody worked, in that order', async () => {
      for (const id of ['a', 'b', 'c']) await under.queue.enqueue(job(id));
      under.queue.work(bench.run, limits(10));
      await bench.has('a', 'b', 'c');
    });

    it('runs no more at a time than it was told to, and goes on when one ends', async () => {
      under.queue.work(bench.run, limits(2));
      for (const id of ['a', 'b', 'c', 'd']) await under.queue.enqueue(job(id));
      await bench.has('a', 'b');
      bench.end('b');
      await bench.has('a', 'b', 'c');
    });

    it('keeps to the limit of each tool without holding up the others', async () => {
      under.queue.work(bench.run, limits(10, { slow: 1 }));
      await under.queue.enqueue(job('a', { tool: 'slow' }));
      await bench.has('a');
      await under.queue.enqueue(job('b', { tool: 'slow' }));
      await under.queue.enqueue(job('c'));
      await bench.has('a', 'c');
      bench.end('a');
      await bench.has('a', 'c', 'b');
    });

    it('takes resumed tasks before new ones', async () => {
      await under.queue.enqueue(job('new'));
      await under.queue.enqueue(job('resumed', { activation: 2 }));
      under.queue.work(bench.run, limits(1));
      await bench.has('resumed');
      bench.end('resumed');
      await bench.has('resumed', 'new');
    });

    it('starts tasks of a better priority before those of another', async () => {
      for (const tool of ['research', 'last', 'first']) await under.queue.enqueue(job(tool, { tool }));
      await under.queue.enqueue(job('resumed', { tool: 'last', activation: 2 }));
      under.queue.work(bench.run, ranked({ first: 1, last: 1000 }));
      await bench.runs('first', 'research', 'resumed', 'last');
    });

    it('starts each task as often as its priority says while several wait, so that none waits for ever', async () => {
      for (const tool of ['often', 'seldom'])
        for (const id of [1, 2, 3, 4, 5, 6]) await under.queue.enqueue(job(`${tool} ${id}`, { tool }));
      under.queue.work(bench.run, ranked({ often: 20, seldom: 60 }));
      const [often, seldom] = ['often', 'seldom'].map((tool) => [1, 2, 3, 4, 5, 6].map((id) => `${tool} ${id}`));
      const [a, b] = [often as string[], seldom as string[]];
      await bench.runs(...a.slice(0, 3), b[0] as string, ...a.slice(3), ...b.slice(1));
    });

    it('looks for tasks of a better priority while others keep it busy', async () => {
      for (let id = 0; id < 300; id++) await under.queue.enqueue(job(`busy ${id}`, { tool: 'busy' }));
      under.queue.work(bench.run, ranked({ urgent: 1, busy: 100 }));
      await bench.has('busy 0');
      await under.queue.enqueue(job('urgent', { tool: 'urgent' }));
      const ends = setInterval(() => bench.end(), 5);
      await until(() => bench.started.includes('urgent')).finally(() => clearInterval(ends));
      expect(bench.started.length).toBeLessThan(300);
    });

    it('leaves tasks that it was not told of to others, until it is told of them', async () => {
      await under.queue.enqueue(job('foreign', { tool: 'foreign' }));
      await under.queue.enqueue(job('own'));
      under.queue.work(bench.run, limits(10));
      await bench.has('own');
      under.queue.work(bench.run, limits(10, { foreign: 1 }));
      await bench.has('own', 'foreign');
    });

    it('keeps to the limits that it was told last', async () => {
      under.queue.work(bench.run, limits(1));
      for (const id of ['a', 'b', 'c', 'd']) await under.queue.enqueue(job(id));
      await bench.has('a');
      under.queue.work(bench.run, limits(2));
      await bench.has('a', 'b');
      under.queue.work(bench.run, { concurrency: 10, perTool: new Map() });
      bench.end();
      await bench.has('a', 'b');
    });

    it('keeps a delayed job back for its time', async () => {
      under.queue.work(bench.run, limits(10));
      const from = performance.now();
      await under.queue.enqueue(job('later'), 150);
      await bench.has('later');
      expect(performance.now() - from).toBeGreaterThanOrEqual(145);
    });

    it('does not add an activation that already waits', async () => {
      await under.queue.enqueue(job('a'));
      await under.queue.enqueue(job('a'));
      await under.queue.enqueue(job('d'), 20);
      await under.queue.enqueue(job('d'), 20);
      await under.queue.enqueue(job('a', { activation: 2 }));
      under.queue.work(bench.run, limits(10));
      // Whether the delay is over by now is for the machine to say.
      await bench.hasInAnyOrder('a', 'a', 'd');
    });

    it('hands over each job as it was enqueued', async () => {
      const seen: Job[] = [];
      under.queue.work(async (next) => void seen.push(next), limits(1, { 'a-tool.with_marks': 1 }));
      const jobs = [job('x_-9'), job('y', { activation: 12, tool: 'a-tool.with_marks' })];
      for (const next of jobs) await under.queue.enqueue(next);
      await until(() => seen.length === 2);
      expect(seen).toEqual(expect.arrayContaining(jobs));
    });

    it('takes an activation again that it has handed over before', async () => {
      under.queue.work(bench.run, limits(10));
      await under.queue.enqueue(job('a'));
      await bench.has('a');
      bench.end('a');
      // What has just been handed over may still count as waiting for a moment; the watchdog asks again.
      await until(async () => {
        await under.queue.enqueue(job('a'));
        return bench.started.length >= 2;
      });
    });

    it('stops to fetch when it is closed, and is closed when what runs is over', async () => {
      under.queue.work(bench.run, limits(1));
      for (const id of ['a', 'b']) await under.queue.enqueue(job(id));
      await bench.has('a');
      let isClosed = false;
      const closed = under.queue.close().then(() => (isClosed = true));
      await bench.has('a');
      expect(isClosed).toBe(false);
      bench.end('a');
      await closed;
      expect(bench.started).toEqual(['a']);
      expect(bench.ended).toEqual(['a']);
    });
  });
}
