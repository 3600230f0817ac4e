/**
 * The research server. `node --import @swc-node/register/esm-register examples/research/server.ts [--stdio] [--library DIR]`
 * serves stdio, or HTTP on a free port whose URL is the first line on stdout.
 */
import { parseArgs } from 'node:util';
import { createApp } from 'perdura';
import { serveHttp } from 'perdura/http';
import { serveStdio } from 'perdura/stdio';
import { Editor, Planner, Researcher } from './agents.js';
import { Library } from './library/library.js';
import { openLibrary } from './library/open-library.js';
import { LibraryIndex, ReportResource, Reports, StartResearch } from './reports.js';
import { Research } from './task.js';
import { Read, Search } from './tools.js';

const { values } = parseArgs({ options: { stdio: { type: 'boolean' }, library: { type: 'string' } } });

// stdout belongs to the protocol on stdio: everything for people goes to stderr.
const library = await openLibrary({
  folder: values.library ?? 'node_modules',
  prefix: values.library === undefined ? 'node_modules/' : '',
  onProgress: (documents) => process.stderr.write(`indexed ${documents} documents\n`),
});

const app = await createApp({
  name: 'research',
  version: '1.0.0',
  description: 'Answers questions from a library of Markdown and text, and cites every line.',
  use: [Research, Planner, Researcher, Editor, Search, Read, ReportResource, LibraryIndex, StartResearch],
  providers: [
    { provide: Library, useValue: library },
    { provide: Reports, useValue: new Reports() },
  ],
});

if (values.stdio) {
  serveStdio(app);
} else {
  const server = await serveHttp(app, { port: 0 });
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => void server.close());
  process.stdout.write(`${server.url}\n`);
}
