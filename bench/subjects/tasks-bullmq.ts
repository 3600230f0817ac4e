import { Queue, QueueEvents, Worker } from 'bullmq';
import { follow } from '../task-subject.js';

const [role, redis] = process.argv.slice(2);
const { hostname: host, port } = new URL(redis ?? '');
const connection = { host, port: Number(port), maxRetriesPerRequest: null };

/** Plain BullMQ, as its guide does it; ended jobs are kept, so that a result can be read afterwards. */
const name = 'add';
const data = { a: 2, b: 40 };

if (role === 'submit') {
  const queue = new Queue<typeof data, string>(name, { connection });
  const events = new QueueEvents(name, { connection });
  // A listener for each job that is waited for.
  queue.setMaxListeners(0);
  events.setMaxListeners(0);
  await events.waitUntilReady();
  await queue.waitUntilReady();
  follow({
    submit: () => queue.add(name, data),
    run: async () => (await queue.add(name, data)).waitUntilFinished(events),
  });
} else {
  let ended = 0;
  let goal: { readonly count: number; readonly reached: () => void } | undefined;
  follow({
    async work(concurrency) {
      const worker = new Worker<typeof data, string>(name, async ({ data: { a, b } }) => String(a + b), {
        connection,
        concurrency,
      });
      worker.on('completed', () => {
        ended += 1;
        if (ended === goal?.count) goal.reached();
      });
      await worker.waitUntilReady();
    },
    drained: (count) =>
      new Promise<void>((resolve) => {
        goal = { count, reached: resolve };
        if (ended >= count) resolve();
      }),
  });
}
