import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';

/** As `taskset` names them: one for the server that is measured, another one for what asks it. */
export const CORES = cores();

/**
 * Keeps a process on a core. Left to itself Linux moves a server and its client, which wake each other, to one core and apart
 * again, whenever it likes: the same server then comes to half of its rate, and of two that are compared only one may. Where
 * there is no `taskset`, or a single core, everything stays where the system puts it.
 */
export function keepOn(core: string | undefined, pid: number | undefined): void {
  if (core !== undefined && pid !== undefined) spawnSync('taskset', ['-a', '-c', '-p', core, String(pid)]);
}

function cores(): { readonly server?: string; readonly load?: string; readonly all?: string } {
  if (process.platform !== 'linux') return {};
  const [, all = ''] = /^Cpus_allowed_list:\s*(\S+)$/m.exec(readFileSync('/proc/self/status', 'utf8')) ?? [];
  const each = all.split(',').flatMap((range) => {
    const [first = NaN, last = first] = range.split('-').map(Number);
    return Array.from({ length: last - first + 1 }, (_, index) => String(first + index));
  });
  const [load, server] = each;
  return load === undefined || server === undefined ? {} : { server, load, all };
}
