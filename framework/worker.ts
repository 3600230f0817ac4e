/** `perdura/worker`: runs an app's tasks in a process of its own. */
export { startWorker, type Worker, type WorkerOptions } from './server/start-worker.js';
