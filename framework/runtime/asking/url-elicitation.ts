import { randomBytes } from 'node:crypto';
import { PerduraError } from '../../errors.js';
import { milliseconds } from '../../metadata/duration.js';
import type { ElicitRequestUrlParams, Json } from '../../spec.js';
import type { CallFrame } from '../call-frame.js';
import { requireCapability } from '../capabilities.js';
import type { ElicitOptions } from '../context.js';
import { askUser, ElicitationDeclined } from './elicitation.js';
import { timeOf } from '../journal/inbox.js';
import type { PageClass, PageOutcome } from './page.js';
import { againKey, type Scope } from '../scope.js';

/** How long a page can be opened, where the author does not say, in milliseconds. */
const LIFE = 10 * 60_000;

/** How long it is waited before it is looked again: not at all long at first, a tenth of the time so far later. */
const LEAST_PAUSE = 250;
const MOST_PAUSE = 15_000;

/** A page as it was opened; recorded. */
interface Opened {
  readonly id: string;
  readonly url: string;
  readonly at: number;
}

/** `ctx.elicitUrl`: sends the user to a page of the app's own, and waits until it says that it is done. */
export async function elicitUrl<T>(
  frame: CallFrame,
  scope: Scope,
  { message, page, options = {} }: { message: string; page: PageClass<T>; options?: ElicitOptions | undefined },
): Promise<T> {
  const { effects, services } = frame;
  const { site } = effects;
  requireCapability(site.client, 'elicitation.url', 'ctx.elicitUrl()');
  const { pages } = services;
  if (!pages) throw PerduraError.of('UNKNOWN_PAGE', page.name);
  const named = scope.questionKey(options.key);
  const life = options.timeout === undefined ? LIFE : milliseconds(options.timeout);
  const client = site.client.info?.name;
  const { value } = await effects.record(scope, {
    name: 'elicitUrl.page',
    asked: ['page', page.name],
    perform: async () => {
      const id = randomBytes(32).toString('base64url');
      const { principal } = site;
      const opening = { id, page: page.name, principal, message, life, ...(client !== undefined && { client }) };
      return { id, url: await scope.activity.run(() => pages.open(opening)), at: timeOf(site.inbox) };
    },
  });
  const opened = value as unknown as Opened;
  const params: ElicitRequestUrlParams = {
    mode: 'url',
    message,
    url: opened.url,
    // 2026-07-28 has no ids of elicitations: the state of the call, or its task, leads back.
    ...(site.revision === '2025-11-25' && { elicitationId: opened.id }),
  };
  const deadline = opened.at + life;
  // Where a request cannot be held until the user is done, they are asked anew whether they are.
  for (let round = 1; ; round++) {
    // Whether they let the client open the page: what is done there is another matter.
    const { action } = await askUser(effects, scope, params, { deadline, key: againKey(named, round) });
    if (action === 'decline' || action === 'cancel') {
      await pages.withdraw(opened.id);
      throw new ElicitationDeclined(action);
    }
    const outcome = action === 'accept' ? await ended(frame, scope, opened) : ({ kind: 'gone' } as const);
    if (outcome.kind === 'done') return outcome.value as T;
    if (outcome.kind === 'gone') throw PerduraError.of('ELICITATION_EXPIRED', message);
  }
}

/** What the page came to; `open` where the request is not held any longer. */
async function ended(frame: CallFrame, scope: Scope, { id, at }: Opened): Promise<PageOutcome> {
  const { effects, services } = frame;
  const { inbox } = effects.site;
  const { value } = await effects.record(scope, {
    name: 'elicitUrl.end',
    asked: ['end', id],
    perform: async (key) => {
      for (;;) {
        const outcome = await scope.activity.run(() => services.pages?.outcome(id));
        const now = timeOf(inbox);
        const isOver = inbox.holdsUntil !== undefined && now >= inbox.holdsUntil;
        if (outcome?.kind === 'done') inbox.completed?.(id);
        if (outcome?.kind !== 'open' || isOver) return outcome;
        const pause = Math.min(Math.max((now - at) / 10, LEAST_PAUSE), MOST_PAUSE);
        const local = services.pages?.ended(id) ?? Promise.resolve();
        await effects.wait(scope, Promise.race([inbox.sleep(key, now + pause), local]));
      }
    },
  });
  return value as unknown as PageOutcome & Json;
}
