import { type CallContext, Tool } from 'perdura';
import { MemoryJournal } from '../../framework/protocol/features/memory-journal.js';
import { AppPages } from '../../framework/server/pages/app-pages.js';
import { MemoryPageStore } from '../../framework/server/pages/memory-page-store.js';
import type { ElicitRequestUrlParams } from '../../framework/spec.js';
import { until } from '../fixtures/until.js';
import { accept, ALICE, RawClient2026 } from '../spec/raw-client.js';
import { boot, siteOf, TestInbox } from '../unit/runtime/runtime-fixture.js';
import { officeApp } from './office-app.js';
import { ConnectCalendar } from './vault-app.js';

@Tool({ name: 'connect', description: 'Connects.' })
class Connect {
  call(_: unknown, ctx: CallContext): Promise<string> {
    return ctx.elicitUrl('Connect?', ConnectCalendar, { key: 'connect' });
  }
}

/** A request that is held no longer than it takes to look once. */
class HeldInbox extends TestInbox {
  readonly holdsUntil = 0;
}

describe('a request that cannot be held until the user is done', () => {
  const pages = new AppPages(
    { classes: [ConnectCalendar], publicUrl: 'https://vault.example' },
    new MemoryPageStore(),
    (page) => new page(),
  );
  const urlOf = ({ params }: { readonly params?: unknown }): string => (params as ElicitRequestUrlParams).url;

  it('asks about the same page again, until the user is', async () => {
    const { call } = boot([Connect], { pages });
    const inbox = new HeldInbox(Infinity, async (request, key) => {
      if (key === 'connect%#3') await pages.finish(urlOf(request).slice(-43), 'connected');
      return { action: 'accept' };
    });
    const client = { capabilities: { elicitation: { url: {} } } };
    const journal = new MemoryJournal();
    const outcome = await call('connect', {}, siteOf({ inbox, client, journal, revision: '2026-07-28' }));
    expect(outcome).toMatchObject({ kind: 'result', result: { content: [{ text: 'connected' }] } });
    expect(inbox.asked.map(({ key }) => key)).toEqual(['connect', 'connect%#2', 'connect%#3']);
    expect(new Set(inbox.asked.map(({ request }) => urlOf(request))).size).toBe(1);
    expect(inbox.asked[0]?.request.params).not.toHaveProperty('elicitationId');
    const replayed = await call('connect', {}, siteOf({ inbox, client, journal, revision: '2026-07-28' }));
    expect(replayed).toEqual(outcome);
    expect(inbox.asked).toHaveLength(3);
  });
});

describe('the life of a sealed state', () => {
  it('is as long as the app says', async () => {
    const app = await officeApp({ stateTtl: 1 });
    const client = new RawClient2026(app, { principal: ALICE });
    const { requestState } = (await client.request('tools/call', { name: 'greet' })).result;
    const inputResponses = { user_name: accept({ name: 'Ada' }) };
    await until(async () => {
      const { error } = await client.request('tools/call', { name: 'greet', requestState, inputResponses });
      return error?.code === -32602;
    });
    await app.close();
  });

  it('is a length of time', async () => {
    for (const stateTtl of [-1, 'soon' as never]) {
      await expect(officeApp({ stateTtl })).rejects.toMatchObject({ mistakes: [{ code: 'INVALID_DURATION' }] });
    }
  });
});
