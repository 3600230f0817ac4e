import { ToolError } from '../../../framework/errors.js';
import { MemoryJournal } from '../../../framework/protocol/features/memory-journal.js';
import type { CallContext } from '../../../framework/runtime/context.js';
import { bootRun, siteOf } from './runtime-fixture.js';

const { run, reports } = bootRun();

const keysOf = (journal: MemoryJournal) => journal.entries().map(([key]) => key);

beforeEach(() => reports.splice(0));

describe('a step', () => {
  it('runs once, however often the call is replayed', async () => {
    const journal = new MemoryJournal();
    let runs = 0;
    const code = async (ctx: CallContext) => [
      await ctx.step('count', () => ++runs),
      await ctx.step('count', () => ++runs),
      await ctx.now(),
      await ctx.uuid(),
    ];
    const first = await run(code, siteOf({ journal }));
    expect(first).toEqual([1, 2, expect.any(Number), expect.stringMatching(/^[0-9a-f-]{36}$/)]);
    expect(await run(code, siteOf({ journal }))).toEqual(first);
    expect(runs).toBe(2);
    expect(keysOf(journal)).toEqual(['count#1', 'count#2', 'now#1', 'uuid#1']);
  });

  it('is given the same idempotency key on every run, and another one than every other step', async () => {
    const keys: string[] = [];
    const code = (ctx: CallContext) => ctx.step('charge', (key) => void keys.push(key));
    await run(code, siteOf());
    await run(code, siteOf());
    await run(code, siteOf({ callId: 'call-2' }));
    expect(keys).toEqual(['call-1/charge#1', 'call-1/charge#1', 'call-2/charge#1']);
  });

  it('is found again under a name that was cut in the middle of a character', async () => {
    const journal = new MemoryJournal();
    const [half, other] = ['see \u{1f600}'.slice(0, 5), 'see \u{1f5fb}'.slice(0, 5)];
    const code = async (ctx: CallContext) => [await ctx.step(half, () => 1), await ctx.step('see \u{1f600}', () => 2)];
    expect(await run(code, siteOf({ journal }))).toEqual([1, 2]);
    expect(half).toBe(other);
    // What is sent anywhere is UTF-8, which has no half characters.
    expect(keysOf(journal)).toEqual(keysOf(journal).map((key) => Buffer.from(key).toString()));
    expect(keysOf(journal)).toEqual(['see %d83d#1', 'see \u{1f600}#1']);
  });

  it('gives the same value on its first run and on replays: a copy that JSON has made plain', async () => {
    const journal = new MemoryJournal();
    class Point {
      constructor(
        readonly x: number,
        readonly y?: number,
      ) {}
    }
    const code = async (ctx: CallContext) => {
      const point = await ctx.step('point', () => new Point(1));
      const nothing = await ctx.step('nothing', () => undefined);
      const seen = [point instanceof Point, Object.keys(point), nothing === undefined];
      (point as { x: number }).x = 99;
      return seen;
    };
    const expected = [false, ['x'], true];
    expect(await run(code, siteOf({ journal }))).toEqual(expected);
    expect(await run(code, siteOf({ journal }))).toEqual(expected);
    expect(journal.get('point#1')?.outcome).toEqual({ value: { x: 1 } });
  });

  it.each([
    ['a Date', { at: new Date(0) }, 'a Date at at'],
    ['a Map', [new Map()], 'a Map at [0]'],
    ['NaN', Number.NaN, 'NaN'],
    ['a BigInt', 1n, 'a bigint'],
    ['a function', { deep: { fn: () => 1 } }, 'a function at deep.fn'],
  ])('refuses %s by naming the step and the place', async (_what, value, told) => {
    const journal = new MemoryJournal();
    await run((ctx) => ctx.step('read', () => value), siteOf({ journal }));
    expect(reports[0]?.error).toMatchObject({
      code: 'NOT_JSON',
      message: expect.stringContaining(`"read#1" came back with ${told}`),
    });
    expect(keysOf(journal)).toEqual([]);
  });

  it('fails the same way on replay, whether or not the message may be shown', async () => {
    const journal = new MemoryJournal();
    let runs = 0;
    const code = async (ctx: CallContext) => {
      const failed = await ctx
        .step('read', () => {
          runs++;
          throw Object.assign(new RangeError('disk on fire'), { code: 'EIO' });
        })
        .catch((error: Error & { code?: string }) => [error.name, error.message, error.code]);
      const visible = await ctx
        .step('find', () => {
          throw new ToolError('No such book.');
        })
        .catch((error: unknown) => error instanceof ToolError);
      return [failed, visible];
    };
    const expected = [['RangeError', 'disk on fire', 'EIO'], true];
    expect(await run(code, siteOf({ journal }))).toEqual(expected);
    expect(await run(code, siteOf({ journal }))).toEqual(expected);
    expect(runs).toBe(1);
  });

  it('is tried as often as it says before its failure counts', async () => {
    const journal = new MemoryJournal();
    let runs = 0;
    const flaky = (ctx: CallContext) =>
      ctx.step('flaky', () => (++runs < 3 ? Promise.reject(new Error('not yet')) : runs), { attempts: 3 });
    expect(await run(flaky, siteOf({ journal }))).toBe(3);
    expect(await run(flaky, siteOf({ journal }))).toBe(3);
  });

  it('is tried again by the next attempt of a task, and what succeeded is not', async () => {
    const journal = new MemoryJournal();
    const ran: string[] = [];
    let broken = true;
    const code = async (ctx: CallContext) => {
      await ctx.step('before', () => void ran.push('before'));
      return ctx.step('risky', () => {
        ran.push('risky');
        if (broken) throw new Error('down');
        return ['up'];
      });
    };
    const attempt = (n: number) => siteOf({ journal, task: { taskId: 't', attempt: n } });
    expect(await run(code, attempt(1))).toHaveProperty('error');
    expect(await run(code, attempt(1))).toHaveProperty('error');
    expect(ran).toEqual(['before', 'risky']);
    broken = false;
    expect(await run(code, attempt(2))).toEqual(['up']);
    expect(await run(code, attempt(3))).toEqual(['up']);
    expect(ran).toEqual(['before', 'risky', 'risky']);
  });

  it('numbers what happens in each of its attempts by itself, however far the one before it comes in a replay', async () => {
    const journal = new MemoryJournal();
    let failures = 1;
    const code = (ctx: CallContext) =>
      ctx.step(
        'fetch',
        async () => {
          const parts: string[] = [];
          for (const part of ['a', 'b', 'c']) {
            parts.push(await ctx.step('part', () => part));
            if (failures-- > 0) throw new Error('lost');
          }
          return [parts.join('')];
        },
        { attempts: 2 },
      );
    expect(await run(code, siteOf({ journal }))).toEqual(['abc']);
    // The process died before the step was recorded, and where the first attempt failed nothing is wrong any more.
    const cut = new MemoryJournal(journal.entries().filter(([key]) => key !== 'fetch#1'));
    expect(await run(code, siteOf({ journal: cut }))).toEqual(['abc']);
  });

  it('may have more time than a timer keeps', async () => {
    const code = (ctx: CallContext) =>
      ctx.step('slow', () => new Promise((resolve) => setTimeout(() => resolve(['done']), 20)), { timeout: '30d' });
    expect(await run(code, siteOf())).toEqual(['done']);
  });

  it("has its inner effects to itself, so that skipping it shifts nobody else's", async () => {
    const journal = new MemoryJournal();
    const code = async (ctx: CallContext) => {
      const outer = await ctx.step('outer', async () => ctx.step('inner', () => 'inside'));
      return [outer, await ctx.step('inner', () => 'outside')];
    };
    expect(await run(code, siteOf({ journal }))).toEqual(['inside', 'outside']);
    expect(await run(code, siteOf({ journal }))).toEqual(['inside', 'outside']);
    expect(keysOf(journal)).toEqual(['outer#1/inner#1', 'outer#1', 'inner#1']);
  });
});

describe('a replay that asks for something else', () => {
  it("fails naming the step, and no catch of the author's swallows that", async () => {
    const journal = new MemoryJournal();
    await run((ctx) => ctx.step('x', () => 1), siteOf({ journal }));
    const told = await run(
      async (ctx) => {
        try {
          return await ctx.sample({ messages: [] });
        } catch {
          return 'swallowed';
        }
      },
      siteOf({ journal: renamed(journal, 'x#1', 'sample#1') }),
    );
    expect(told).toEqual({ error: expect.stringContaining('The step "sample#1" asks for something else') });
  });
});

describe('a journal that refuses', () => {
  it('ends the activation: nothing runs after an activation was fenced off', async () => {
    const journal = new MemoryJournal();
    journal.append = () => Promise.reject(new Error('fenced'));
    const ran: string[] = [];
    const told = await run(async (ctx) => {
      await ctx.step('first', () => void ran.push('first')).catch(() => undefined);
      await ctx.step('second', () => void ran.push('second')).catch(() => undefined);
      return 'swallowed';
    }, siteOf({ journal }));
    expect(told).toHaveProperty('error');
    expect(ran).toEqual(['first']);
    expect(reports[0]?.error).toMatchObject({ message: 'fenced' });
  });
});

describe('ctx.all', () => {
  const items = [0, 1, 2, 3, 4, 5];

  it('keeps the order of the items and its limit, and gives each branch keys of its own', async () => {
    const journal = new MemoryJournal();
    let running = 0;
    let most = 0;
    const code = (ctx: CallContext) =>
      ctx.all(
        items,
        async (item, branch) => {
          most = Math.max(most, ++running);
          await until(6 - item);
          const value = await branch.step('double', () => item * 2);
          running--;
          return value;
        },
        { concurrency: 3 },
      );
    expect(await run(code, siteOf({ journal }))).toEqual([0, 2, 4, 6, 8, 10]);
    expect(await run(code, siteOf({ journal }))).toEqual([0, 2, 4, 6, 8, 10]);
    expect(most).toBe(3);
    expect(new Set(keysOf(journal))).toEqual(new Set(items.map((item) => `all#1.${item}/double#1`)));
  });

  it('keeps to the branch even where the outer context is used in it, nested too', async () => {
    const journal = new MemoryJournal();
    const code = (ctx: CallContext) =>
      ctx.all([0, 1], async (outer) => {
        await until(2 - outer);
        return ctx.all([0, 1], (inner, branch) => branch.step('leaf', () => `${outer}${inner}`));
      });
    const expected = [
      ['00', '01'],
      ['10', '11'],
    ];
    expect(await run(code, siteOf({ journal }))).toEqual(expected);
    expect(new Set(keysOf(journal))).toEqual(
      new Set([0, 1].flatMap((outer) => [0, 1].map((inner) => `all#1.${outer}/all#1.${inner}/leaf#1`))),
    );
    expect(await run(code, siteOf({ journal }))).toEqual(expected);
  });

  it('throws the failure of the first item that fails, whoever fails first in time', async () => {
    const code = (ctx: CallContext) =>
      ctx.all(items, async (item) => {
        await until(item === 1 ? 5 : 1);
        if (item === 1 || item === 3) throw new ToolError(`item ${item}`);
      });
    expect(await run(code, siteOf())).toEqual({ error: 'item 1' });
  });
});

/** Lets `turns` turns of the event loop pass. */
async function until(turns: number): Promise<void> {
  for (let turn = 0; turn < turns; turn++) await new Promise((resolve) => setImmediate(resolve));
}

function renamed(journal: MemoryJournal, from: string, to: string): MemoryJournal {
  return new MemoryJournal(journal.entries().map(([key, entry]) => [key === from ? to : key, entry] as const));
}
