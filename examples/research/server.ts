/**
 * The research server. `node --import @swc-node/register/esm-register examples/research/server.ts [options]` serves HTTP on a
 * free port, whose URL is the first line on stdout.
 *
 *   --stdio        serves stdio instead
 *   --library DIR  the folder to research
 *   --index FILE   where the index of the library is kept between starts
 *   --redis URL    keeps tasks, sessions and reports there; tasks are then run by workers
 *   --prefix NAME  what the keys in that Redis begin with
 *   --look         shows its tasks at /dashboard, to whoever sits at this machine
 *   --worker       is such a worker: listens nowhere, and writes a line to stdout when it is ready
 */
import { parseArgs } from 'node:util';
import { createApp, type Plugin, TaskTrace } from 'perdura';
import { serveHttp } from 'perdura/http';
import { dashboard } from 'perdura/plugins/dashboard';
import { serveStdio } from 'perdura/stdio';
import { startWorker } from 'perdura/worker';
import { Checker, Editor, Planner, Researcher } from './agents.js';
import { Library } from './library/library.js';
import { openLibrary, openSavedLibrary } from './library/open-library.js';
import { LibraryIndex, ReportResource, Reports, StartResearch } from './reports.js';
import { Research } from './task.js';
import { Read, Search } from './tools.js';

const { values } = parseArgs({
  options: {
    stdio: { type: 'boolean' },
    library: { type: 'string' },
    index: { type: 'string' },
    redis: { type: 'string' },
    prefix: { type: 'string', default: 'research' },
    look: { type: 'boolean' },
    worker: { type: 'boolean' },
  },
});
const { redis: url, prefix, index } = values;

// stdout belongs to the protocol on stdio: everything for people goes to stderr.
const folder = {
  folder: values.library ?? 'node_modules',
  prefix: values.library === undefined ? 'node_modules/' : '',
  onProgress: (documents: number) => void process.stderr.write(`indexed ${documents} documents\n`),
};
const library = await (index === undefined ? openLibrary(folder) : openSavedLibrary(index, folder));

const memoryReports: Plugin = {
  name: 'reports-in-memory',
  setup: (host) => host.provide({ provide: Reports, useValue: new Reports() }),
};
// Its client is loaded only where there is a Redis.
const reports = url === undefined ? memoryReports : (await import('./redis-reports.js')).reportsInRedis(url, prefix);

const app = await createApp({
  name: 'research',
  version: '1.0.0',
  description: 'Answers questions from a library of Markdown and text, and cites every line.',
  use: [
    ...[reports, Research, Planner, Researcher, Checker, Editor, Search, Read],
    ...[ReportResource, LibraryIndex, StartResearch, TaskTrace],
    ...(values.look === true ? [dashboard({ allow: 'loopback', contents: true })] : []),
  ],
  providers: [{ provide: Library, useValue: library }],
  // A worker that is silent for the length of the lease counts as dead, and another one goes on.
  ...(url !== undefined && { tasks: { redis: { url, prefix }, lease: '2s' } }),
});

if (values.worker) {
  await startWorker(app);
  process.stdout.write('ready\n');
} else if (values.stdio) {
  serveStdio(app);
} else {
  const server = await serveHttp(app, { port: 0 });
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => void server.close());
  process.stdout.write(`${server.url}\n`);
}
