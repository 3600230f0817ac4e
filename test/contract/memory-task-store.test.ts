import { MemoryTaskStore } from '../../framework/tasks/memory/task-store.js';
import type { StoreUnderTest } from './store-under-test.js';
import { taskStoreContract } from './task-store.contract.js';

async function open(): Promise<StoreUnderTest> {
  let now = Date.UTC(2026, 0, 1);
  const store = new MemoryTaskStore({ now: () => now });
  return {
    store,
    connect: async () => store,
    advance: async (milliseconds) => void (now += milliseconds),
    close: () => store.close(),
  };
}

taskStoreContract('MemoryTaskStore', open);
