/**
 * `npm run everything -- [options]`: the server that the official conformance suites are run against. The first line on stdout
 * is its URL, or `ready` where it only works.
 *
 *   --port N      where to listen on 127.0.0.1; 0, the default, takes a free one
 *   --redis URL   keeps tasks and sessions there
 *   --prefix NAME what the keys in that Redis begin with
 *   --role ROLE   with --redis: `web` serves, `worker` runs tasks, `both` (the default) does both
 */
import { parseArgs } from 'node:util';
import { serveHttp } from 'perdura/http';
import { startWorker } from 'perdura/worker';
import { everythingApp } from './app.js';

const { values } = parseArgs({
  options: {
    port: { type: 'string', default: '0' },
    redis: { type: 'string' },
    prefix: { type: 'string', default: 'everything' },
    role: { type: 'string', default: 'both' },
  },
});
const { redis: url, prefix, role } = values;
if (!['web', 'worker', 'both'].includes(role)) throw new Error('--role is web, worker or both.');

const app = await everythingApp(url === undefined ? {} : { tasks: { redis: { url, prefix } } });
if (role === 'worker') {
  await startWorker(app);
  process.stdout.write('ready\n');
} else {
  if (role === 'both' && url !== undefined) await startWorker(app, { signals: false });
  const server = await serveHttp(app, { port: Number(values.port) });
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => void server.close());
  process.stdout.write(`${server.url}\n`);
}
