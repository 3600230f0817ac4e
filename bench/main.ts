import { parseArgs } from 'node:util';
import { agents } from './agents.js';
import { http } from './http.js';
import { providePeers } from './install-peers.js';
import { lists } from './lists.js';
import { writePage } from './page.js';
import type { Row } from './row.js';
import { startup } from './startup.js';
import { stdio } from './stdio.js';
import { streams } from './streams.js';
import { plain, table } from './table.js';
import type { Log, Options } from './take-turns.js';
import { tasks } from './tasks.js';

const BENCHES: Readonly<Record<string, (log: Log, options: Options) => Promise<Row[]>>> = {
  http,
  stdio,
  lists,
  startup,
  streams,
  tasks,
  agents,
};

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    json: { type: 'boolean', default: false },
    peers: { type: 'boolean', default: false },
    quick: { type: 'boolean', default: false },
    write: { type: 'boolean', default: false },
  },
});
const unknown = positionals.find((name) => !Object.hasOwn(BENCHES, name));
if (unknown !== undefined) {
  console.error(`There is no benchmark "${unknown}". Choose from: ${Object.keys(BENCHES).join(', ')}.`);
  process.exit(2);
}
if (values.write && positionals.length > 0) {
  console.error('A page is written from a whole run: leave the names out, or leave --write out.');
  process.exit(2);
}

// Results go to standard output, progress to standard error.
const log: Log = (line) => console.error(line);
await providePeers(values, log);
const rows: Row[] = [];
for (const [name, bench] of Object.entries(BENCHES)) {
  if (positionals.length > 0 && !positionals.includes(name)) continue;
  const found = await bench(log, values);
  rows.push(...found);
  if (values.json) for (const row of found) console.log(JSON.stringify(row));
  else console.log(`\n${name}\n${plain(table(found))}\n`);
}
if (values.write) await writePage(rows, values, log);
