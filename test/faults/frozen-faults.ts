import { setTimeout as sleep } from 'node:timers/promises';
import { until } from '../fixtures/until.js';
import { HANG } from './harness/hang.js';
import { expectThat, findings, play, type Row } from './harness/scene.js';
import type { Size } from './worker-faults.js';

const MIB = 2 ** 20;
const CHAIN = { steps: 6, work: 60, naps: false };
const HEADERS = {
  'content-type': 'application/json',
  accept: 'application/json, text/event-stream',
  'mcp-protocol-version': '2026-07-28',
  'mcp-method': 'tools/call',
  'mcp-name': 'chain',
};
const META = {
  'io.modelcontextprotocol/protocolVersion': '2026-07-28',
  'io.modelcontextprotocol/clientInfo': { name: 'faults', version: '1' },
  'io.modelcontextprotocol/clientCapabilities': { extensions: { 'io.modelcontextprotocol/tasks': {} } },
};

/** Redis stops and answers nobody, behind connections that stay open, while a server is sent calls over HTTP. */
export function redisFrozen({
  tasks,
  frozen,
  every,
  timed,
}: Size & { frozen: number; every: number; timed: boolean }): Promise<Row> {
  return play(
    ['Redis stands still under load', 'calls fail within 2 s, `ready` is 503; then everything goes on'],
    { workers: 2, times: { lease: 3_000 } },
    async ({ crew, redis, ledger, verdict }) => {
      const { value: port } = await crew.web.ask<number>('serve');
      const base = `http://127.0.0.1:${port}`;
      const ready = async (): Promise<number> => (await fetch(`${base}/health/ready`)).status;
      const ids = await crew.create('chain', CHAIN, tasks);
      await until(async () => (await call(base)).taskId !== undefined, HANG);
      await until(() => ledger.read().size > tasks / 2, HANG);
      const memory = async (): Promise<number> => (await crew.web.ask<number>('memory')).value ?? 0;
      const before = await memory();

      redis.freeze();
      const calls: Promise<Called>[] = [];
      let most = before;
      let isUnready = false;
      const end = performance.now() + frozen;
      for (; performance.now() < end || (!isUnready && performance.now() < end + HANG); await sleep(every)) {
        calls.push(call(base));
        if (calls.length % 20 > 0) continue;
        most = Math.max(most, await memory());
        isUnready ||= (await ready()) === 503;
      }
      const answers = await Promise.all(calls);
      redis.thaw();
      await until(async () => (await ready()) === 200, HANG);
      await until(async () => (await call(base)).taskId !== undefined, HANG);

      const found = findings(await verdict(ids, { zombies: true }), 1);
      const slowest = Math.max(...answers.map(({ took }) => took));
      const unclear = answers.filter(({ taskId, error }) => taskId === undefined && !error?.includes('"retryAfter"'));
      const counts = {
        ...found.counts,
        calls: answers.length,
        'slowest ms': Math.round(slowest),
        'MiB more': Math.round((most - before) / MIB),
      };
      const violations = [
        ...found.violations,
        ...expectThat(isUnready, 'the server never said that it is not ready'),
        ...expectThat(!timed || slowest < 2_000, `a call took ${slowest} ms to fail`),
        ...expectThat(!timed || most - before < 100 * MIB, `the server took ${most - before} bytes more`),
        ...unclear.slice(0, 3).map(({ error }) => `a call failed with ${error}`),
      ];
      return { ...found, counts, violations };
    },
  );
}

interface Called {
  readonly taskId?: string;
  readonly error?: string;
  readonly took: number;
}

async function call(base: string): Promise<Called> {
  const from = performance.now();
  const params = { name: 'chain', arguments: { ...CHAIN, steps: 1 }, _meta: META };
  const body = JSON.stringify({ jsonrpc: '2.0', id: 1, method: 'tools/call', params });
  const response = await fetch(`${base}/mcp`, { method: 'POST', headers: HEADERS, body });
  const text = await response.text();
  const took = performance.now() - from;
  const [, taskId] = /"taskId":"([^"]+)"/.exec(text) ?? [];
  return taskId === undefined ? { error: text.slice(0, 300), took } : { taskId, took };
}
