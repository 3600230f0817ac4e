import { MemoryTaskQueue } from '../../framework/tasks/memory/task-queue.js';
import { taskQueueContract } from './task-queue.contract.js';

taskQueueContract('MemoryTaskQueue', async () => {
  const queue = new MemoryTaskQueue();
  return { queue, close: () => queue.close() };
});
