import { startWorker } from 'perdura/worker';
import { openApp } from './app.js';

if (!process.env.REDIS_URL) throw new Error('Set REDIS_URL: without it, the web process runs its tasks itself.');
await startWorker(await openApp());
