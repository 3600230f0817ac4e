import { milliseconds } from '../metadata/duration.js';
import type { Duration } from '../metadata/options.js';
import type { App } from '../server/app.js';
import type { AppOptions } from '../server/app-options.js';
import type { Plugin } from '../server/plugin.js';
import { createAppOn } from '../server/assembly/create-app.js';
import { MemoryTaskQueue } from '../tasks/memory/task-queue.js';
import { stayAwake } from './stay-awake.js';
import { type Transcript, transcriptOf } from './transcript.js';
import { type StepMatch, VirtualStore } from './virtual-store.js';

/** An app whose time a test moves, and whose process it crashes. */
export interface TestApp extends App {
  /**
   * Crashes the process once, right after this step is recorded: whatever runs is cut off there, and a new activation goes on from
   * what is recorded. A step is named as the code names it (`'charge'`; an agent's turn is `'turn'`), with its number
   * for one of several (`'charge#2'`), or picked by a function of its key.
   */
  crashAfter(step: StepMatch): void;
  /** The same, after the step has happened and before that is recorded: the step happens again. */
  crashBefore(step: StepMatch): void;
  /** How many of the planned crashes have happened. */
  readonly crashes: number;
  /**
   * What the agents of a task and of its child tasks said and did, or those of all tasks so far. Agents that run in a request, not in
   * a task, are in none.
   */
  transcript(taskId?: string): Transcript;
  /**
   * Moves the time on that tasks live by: `ctx.sleep`, the deadlines of questions, ttls, and the pause before another attempt. First
   * it waits until every task has ended or waits itself, so that a sleep of days is over, not about to begin; then, until what the
   * new time sets off has ended or waits again.
   */
  advance(duration: Duration): Promise<void>;
}

/**
 * Like `createApp`, with tasks in memory and time in the test's hands. A task that waits parks at once, as it would after a while in
 * production, so that every wait is also a test of its replay.
 */
export async function testApp(options: Omit<AppOptions, 'tasks'> & { readonly tasks?: TestTasks }): Promise<TestApp> {
  const store = new VirtualStore();
  const tasks = { hold: 0, ...options.tasks };
  const watch: Plugin = {
    name: 'perdura/testing',
    setup: (host) =>
      host.onAgentEvent((event) => {
        if (event.kind === 'turn-started') store.log.ask(event.callId, event.key);
      }),
  };
  const app = await createAppOn({ ...options, use: [...options.use, watch], tasks }, async () => ({
    store,
    queue: new MemoryTaskQueue(),
    engine: { watchdogInterval: 5, grace: 0 },
    ready: async () => true,
  }));
  return {
    ...app,
    crashAfter: (step) => store.plan('after', step),
    crashBefore: (step) => store.plan('before', step),
    get crashes() {
      return store.crashes;
    },
    transcript: (taskId) => transcriptOf(store.log, taskId),
    async advance(duration) {
      await stayAwake(app, store.idle());
      store.advance(milliseconds(duration));
      await stayAwake(app, store.idle());
    },
  };
}

type TestTasks = Omit<NonNullable<AppOptions['tasks']>, 'redis' | 'work'>;
