import type { Outcome } from '../runtime/runtime.js';
import { errorAnswer, NOTHING, resultAnswer } from './answer.js';
import { ForegroundSite } from './call-site.js';
import type { Answer } from './exchange.js';
import { type Incoming2025, REVISION_2025 } from './incoming-2025-11-25.js';
import { StreamInbox } from './questions-2025-11-25.js';

/** A foreground call: asks on its own stream, and is ended by `notifications/cancelled`, never by a lost connection. */
export async function serveCall<R extends object>(
  incoming: Incoming2025,
  run: (site: ForegroundSite) => Promise<Outcome<R>>,
  shape: (result: R) => object = (result) => result,
): Promise<Answer> {
  const { id, session } = incoming;
  const inbox = new StreamInbox(incoming, session.requests);
  const site = new ForegroundSite(REVISION_2025, incoming, { inbox });
  const untrack = session.track(id, () => {
    site.cancel();
    inbox.close('The call was cancelled.');
  });
  try {
    const outcome = await run(site);
    if (site.cancelled) return NOTHING;
    if (outcome.kind === 'result') return resultAnswer(id, JSON.stringify(shape(outcome.result)));
    if (outcome.kind === 'error') return errorAnswer(id, outcome.error);
    // An inbox that holds for ever never lets a call park, except where the process stops: then nothing will come any more.
    throw new Error('A foreground call parked, though its inbox holds for ever.');
  } finally {
    inbox.close('The call is over.');
    site.end();
    untrack();
  }
}
