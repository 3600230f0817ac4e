import type { CatalogState } from '../../../framework/catalog/catalog-state.js';
import type { Post } from '../../../framework/server/post.js';
import { SharedCatalog } from '../../../framework/server/shared-catalog.js';
import { until } from '../../fixtures/until.js';

describe('What the processes of an app know of its catalog', () => {
  it('is read again until it is known, where Redis tells of its return and takes no calls yet', async () => {
    let known: readonly string[] = [];
    let isAway = false;
    let disabled: readonly string[] = [];
    const reported: unknown[] = [];
    const returns: (() => void)[] = [];
    const state = { disable: (keys: readonly string[]) => void (known = keys) } as Partial<CatalogState>;
    const post = { onLetter: () => () => undefined, onReturn: (back: () => void) => returns.push(back) };
    const switches = {
      set: () => Promise.resolve(),
      disabled: () =>
        isAway ? Promise.reject(Object.assign(new Error('away'), { retryAfter: 0.001 })) : Promise.resolve(disabled),
    };
    const shared = { switches, post: post as unknown as Post };
    await new SharedCatalog(state as CatalogState, shared, (error) => reported.push(error)).open();
    isAway = true;
    // Another process disabled it meanwhile.
    disabled = ['tool search'];
    for (const back of returns) back();
    await new Promise(setImmediate);
    isAway = false;
    await until(() => known.length > 0);
    expect(known).toEqual(['tool search']);
    // The connection tells of an outage, once.
    expect(reported).toEqual([]);
  });
});
