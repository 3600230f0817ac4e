import { parseArgs } from 'node:util';
import { http } from './http.js';
import { print, type Row } from './row.js';
import { startup } from './startup.js';
import { streams } from './streams.js';
import { tasks } from './tasks.js';

const BENCHES: Readonly<Record<string, (log: (line: string) => void) => Promise<Row[]>>> = {
  http,
  startup,
  streams,
  tasks,
};

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { json: { type: 'boolean', default: false } },
});
const wanted = positionals.length > 0 ? positionals : Object.keys(BENCHES);
for (const name of wanted) {
  const bench = BENCHES[name];
  if (!bench) {
    console.error(`There is no benchmark "${name}". Choose from: ${Object.keys(BENCHES).join(', ')}.`);
    process.exit(2);
  }
  print(await bench((line) => console.error(line)), values.json);
}
