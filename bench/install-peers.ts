import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import type { Log, Options } from './take-turns.js';

const FOLDER = fileURLToPath(new URL('../../bench/peers/', import.meta.url));

/** Installs the other frameworks from their own lock file, if they are asked for and not there yet. */
export async function providePeers({ peers }: Pick<Options, 'peers'>, log: Log): Promise<void> {
  if (!peers) return log('fastmcp and @rekog/mcp-nest are left out: --peers installs them and measures them too.');
  // npm writes it last.
  if (existsSync(`${FOLDER}node_modules/.package-lock.json`)) return;
  log('Installing fastmcp and @rekog/mcp-nest into bench/peers/node_modules, about 85 MB...');
  const install = ['ci', '--ignore-scripts', '--no-audit', '--no-fund', '--loglevel', 'error'];
  const npm = spawn('npm', install, { cwd: FOLDER, stdio: ['ignore', 'ignore', 'inherit'] });
  const [code] = (await once(npm, 'exit')) as [number | null];
  if (code !== 0) throw new Error('The peers could not be installed: see above, or leave --peers out.');
}
