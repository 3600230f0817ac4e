import { Ledger, type Mark, marksBeside } from './ledger.js';

const marks = new Ledger<Mark>(marksBeside(process.env['LEDGER'] ?? ''));

/** Notes that an effect runs, and tells how often it has run before, in whatever process. */
export function run(idempotencyKey: string): number {
  const [taskId = '', ...key] = idempotencyKey.split('/');
  const mark = { taskId, key: key.join('/'), what: 'ran' } as const;
  const earlier = (marks.read().get(taskId) ?? []).filter(({ key, what }) => key === mark.key && what === 'ran');
  marks.write(mark);
  return earlier.length;
}
