import { IsInt } from 'class-validator';
import { Resource } from '../../../framework/decorators/resource.js';
import { Tool } from '../../../framework/decorators/tool.js';
import { ToolError } from '../../../framework/errors.js';
import type { Interceptor } from '../../../framework/runtime/call.js';
import type { CallContext } from '../../../framework/runtime/context.js';
import { boot, siteOf } from './runtime-fixture.js';

const never = (): Promise<never> => new Promise(() => undefined);

class Input {
  @IsInt() n!: number;
}

class Numbers {
  @Tool({ name: 'double', description: 'Doubles.', input: Input })
  double({ n }: Input) {
    if (n < 0) throw new ToolError('Negative.');
    return n * 2;
  }

  @Resource({ name: 'one', uri: 'number://one' })
  one() {
    return '1';
  }
}

const textOf = (outcome: unknown) =>
  (outcome as { result: { content: { text: string }[] } }).result.content.map(({ text }) => text).join();

describe('interceptors', () => {
  it('wrap every call in their order, see the validated input, and may change the result', async () => {
    const seen: string[] = [];
    const named =
      (name: string): Interceptor =>
      async (call, next) => {
        seen.push(`${name} before ${call.entry.name}`);
        const value = (await next()) as string;
        seen.push(`${name} after ${(call.input as Input).n ?? 'nothing'}`);
        return `${name}(${value})`;
      };
    const { runtime, catalog, call } = boot([Numbers], { interceptors: [named('outer'), named('inner')] });
    expect(textOf(await call('double', { n: 4 }, siteOf()))).toBe('outer(inner(8))');
    expect(seen).toEqual(['outer before double', 'inner before double', 'inner after 4', 'outer after 4']);
    const entry = catalog.resources.get('number://one')!;
    expect(await runtime.readResource(entry, entry.uri, {}, siteOf())).toMatchObject({
      result: { contents: [{ text: 'outer(inner(1))' }] },
    });
  });

  it('do not see calls whose arguments are not valid', async () => {
    const seen: unknown[] = [];
    const { call } = boot([Numbers], { interceptors: [(_, next) => (seen.push(1), next())] });
    await call('double', { n: 'x' }, siteOf());
    expect(seen).toEqual([]);
  });

  it('may answer instead of the handler, catch what it throws, and throw themselves', async () => {
    const cache: Interceptor = ({ input }, next) => ((input as Input).n === 7 ? 'lucky' : next());
    const calm: Interceptor = (_, next) => next().catch((error: Error) => `calm: ${error.message}`);
    const gate: Interceptor = ({ input }, next) => {
      if ((input as Input).n === 13) throw new ToolError('Unlucky.');
      return next();
    };
    const { call } = boot([Numbers], { interceptors: [gate, calm, cache] });
    const results = await Promise.all([7, -1, 13].map((n) => call('double', { n }, siteOf())));
    expect(results.map(textOf)).toEqual(['lucky', 'calm: Negative.', 'Unlucky.']);
  });
});

describe('the end of a run', () => {
  class Waiting {
    @Tool({ name: 'wait', description: 'Waits.' })
    async wait(_: object, ctx: CallContext) {
      await ctx.sleep('1h');
    }
  }

  it('is told to interceptors once, also where the run parks and its handler never comes back', async () => {
    const ends: string[] = [];
    let isBack = false;
    const watch: Interceptor = async (call, next) => {
      call.onEnd((how) => ends.push(how));
      call.onEnd(() => {
        throw new Error('A mistake in an interceptor.');
      });
      try {
        return await next();
      } finally {
        isBack = true;
      }
    };
    const { call } = boot([Numbers, Waiting], { interceptors: [watch], report: () => undefined });
    const inbox = { hold: 0, ask: never, sleep: never };
    expect(await call('wait', {}, siteOf({ inbox }))).toEqual({ kind: 'parked' });
    expect([ends, isBack]).toEqual([['parked'], false]);
    await call('double', { n: 4 }, siteOf());
    await call('double', { n: -4 }, siteOf());
    expect(ends).toEqual(['parked', 'returned', 'threw']);
  });

  it('is `yielded` where the process is about to stop', async () => {
    const ends: string[] = [];
    const watch: Interceptor = (call, next) => {
      call.onEnd((how) => ends.push(how));
      return next();
    };
    const { call } = boot([Waiting], { interceptors: [watch] });
    const draining = AbortSignal.abort();
    await call('wait', {}, siteOf({ inbox: { hold: 0, ask: never, sleep: never }, draining }));
    expect(ends).toEqual(['yielded']);
  });
});

describe('a simple call', () => {
  it('makes nothing of its surroundings that it does not use', async () => {
    const { call } = boot([Numbers]);
    const touched: string[] = [];
    const site = new Proxy(siteOf(), {
      get: (target, member) => {
        touched.push(String(member));
        return Reflect.get(target, member) as unknown;
      },
    });
    await call('double', { n: 1 }, site);
    expect(touched).toEqual([]);
  });
});
