import type { OutboundResponse } from '../http-port.js';
import { COMMON_HEADERS } from './refusals.js';

/** What a probe asks: whether the process answers, or whether it should be sent requests. */
export type Probe = 'live' | 'ready';

/** The probe that a path names; undefined where it names none. */
export function probeOf(path: string, health: string | undefined): Probe | undefined {
  if (health === undefined || !path.startsWith(`${health}/`)) return undefined;
  const name = path.slice(health.length + 1);
  return name === 'live' || name === 'ready' ? name : undefined;
}

/** Answers a probe with a status and a word: it tells nothing that a stranger could use, so that it needs no guard. */
export function answerProbe(response: OutboundResponse, isWell: boolean): void {
  response.writeHead(isWell ? 200 : 503, ['content-type', 'text/plain', ...COMMON_HEADERS]);
  response.end(isWell ? 'ok\n' : 'unavailable\n');
}
