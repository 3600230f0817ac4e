import type { TaskSettings } from '../../catalog/catalog.js';
import type { Outcome } from '../../runtime/runtime.js';
import { newTaskId } from '../../tasks/new-task.js';
import type { BegunCall } from '../../tasks/tasks.js';
import { NOTHING, resultAnswer } from '../messages/answer.js';
import { ForegroundSite, type SiteOptions } from '../features/call-site.js';
import { callErrorAnswer } from '../features/scopes.js';
import type { Answer } from '../messages/exchange.js';
import { type Incoming2025, REVISION_2025 } from './incoming.js';
import { MemoryJournal } from '../features/memory-journal.js';
import { StreamInbox } from './questions.js';

/** A call of an `attached` task: begins in the foreground, and becomes a task. */
export interface AttachedCall {
  readonly settings: TaskSettings;
  /** Whether the client asked for a task, and gets one where the handler came to its end already. */
  readonly isWanted: boolean;
  become(begun: BegunCall): Promise<Answer>;
}

/** What a call begins with that may become a task: the id of that, since what the handler asks must not change then. */
const beginning = ({ settings: asTask }: AttachedCall): Omit<SiteOptions, 'inbox'> => ({
  callId: newTaskId(),
  asTask,
  detachable: true,
});

/** A foreground call: asks on its own stream, and is ended by `notifications/cancelled`, never by a lost connection. */
export async function serveCall<R extends object>(
  incoming: Incoming2025,
  run: (site: ForegroundSite) => Promise<Outcome<R>>,
  shape: (result: R) => object = (result) => result,
  attached?: AttachedCall,
): Promise<Answer> {
  const { id, session } = incoming;
  const inbox = new StreamInbox(incoming, session.requests);
  const journal = attached && new MemoryJournal();
  const site = new ForegroundSite(
    REVISION_2025,
    incoming,
    attached && journal ? { inbox, journal, ...beginning(attached) } : { inbox },
  );
  const untrack = session.track(id, (_, why) => {
    site.cancel(why);
    inbox.close('The call was cancelled.');
  });
  let becomes: AttachedCall | undefined;
  try {
    const outcome = await run(site);
    if (site.cancelled) return NOTHING;
    if (outcome.kind === 'error') return callErrorAnswer(id, outcome.error, incoming.exchange);
    if (site.detached || attached?.isWanted === true) becomes = attached;
    if (outcome.kind === 'result' && !becomes) return resultAnswer(id, JSON.stringify(shape(outcome.result)));
    // An inbox that holds for ever never lets a call park, except where the process stops: then nothing will come any more.
    if (!becomes) throw new Error('A foreground call parked, though its inbox holds for ever.');
  } finally {
    inbox.close('The call is over.');
    site.end();
    untrack();
  }
  // From here on whoever makes the task answers for the request, and hears of its cancellation.
  return becomes.become({ callId: site.callId, journal: journal?.entries() ?? [] });
}
