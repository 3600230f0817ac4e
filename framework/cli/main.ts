#!/usr/bin/env node
/** `perdura`: the program. */
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { PerduraError } from '../errors.js';
import { newProject } from './new-project.js';

const HELP = `Usage: perdura new <folder>

Writes a small MCP server into a folder that is new or empty: a tool, a task, a test, and the programs that serve them
over HTTP and stdio, and work. The folder's name is the server's.

  -h, --help      print this
  -v, --version   print the version of perdura
`;

/** The package's own folder, from the sources as from what is built. */
const manifest = createRequire(import.meta.url).resolve('perdura/package.json');

async function main(): Promise<string> {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: { help: { type: 'boolean', short: 'h' }, version: { type: 'boolean', short: 'v' } },
  });
  if (values.version) return `${(JSON.parse(readFileSync(manifest, 'utf8')) as { version: string }).version}\n`;
  const [command, folder, ...rest] = positionals;
  if (values.help || command === undefined) return HELP;
  if (command !== 'new' || !folder || rest.length > 0) {
    throw PerduraError.of('UNKNOWN_COMMAND', positionals.join(' '));
  }
  const name = await newProject(folder, dirname(manifest));
  const enter = resolve(folder) === process.cwd() ? '' : `  cd ${/\s/.test(folder) ? `"${folder}"` : folder}\n`;
  return `Made ${name}. Next:\n\n${enter}  npm install\n  npm test\n  npm run dev\n`;
}

try {
  process.stdout.write(await main());
} catch (error) {
  // Of arguments, files and folders: what is wrong is in the message, and a stack would only bury it.
  console.error(`perdura: ${error instanceof Error ? error.message : String(error)}`);
  process.exitCode = 1;
}
