import { MemoryTaskQueue } from '../../../framework/tasks/memory-task-queue.js';
import { until } from '../../fixtures/until.js';

it('takes new tasks by their priority, and what goes on before all of them', async () => {
  const queue = new MemoryTaskQueue();
  const jobs = [
    { taskId: 'plain', activation: 1, tool: 'plain' },
    { taskId: 'last', activation: 1, tool: 'last' },
    { taskId: 'first', activation: 1, tool: 'first' },
    { taskId: 'resumed', activation: 2, tool: 'last' },
  ];
  for (const job of jobs) await queue.enqueue(job);
  const started: string[] = [];
  const priorities = new Map([
    ['first', 1],
    ['last', 1000],
  ]);
  queue.work(async ({ taskId }) => void started.push(taskId), { concurrency: 1, perTool: new Map(), priorities });
  await until(() => started.length === jobs.length);
  expect(started).toEqual(['resumed', 'first', 'plain', 'last']);
  await queue.close();
});
