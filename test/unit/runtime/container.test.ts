import { IsString } from 'class-validator';
import { Inject, Injectable } from '../../../framework/decorators/injectable.js';
import { Tool } from '../../../framework/decorators/tool.js';
import { checkDependencies } from '../../../framework/runtime/container/check-dependencies.js';
import { createContainer } from '../../../framework/runtime/container/container.js';
import type { CallContext } from '../../../framework/runtime/context.js';
import type { Principal } from '../../../framework/runtime/principal.js';
import { CALL_CONTEXT, PRINCIPAL } from '../../../framework/runtime/container/tokens.js';
import { boot, siteOf } from './runtime-fixture.js';
import { delay, inject } from 'tsyringe';

const made: string[] = [];
const closed: string[] = [];

class Clock {
  readonly id = made.push('Clock');
  dispose(): void {
    closed.push('Clock');
  }
}

@Injectable()
class Store {
  readonly id = made.push('Store');
  constructor(
    readonly clock: Clock,
    @Inject('url') readonly url: string,
  ) {}

  async [Symbol.asyncDispose](): Promise<void> {
    await Promise.resolve();
    closed.push('Store');
  }
}

/** Carries the caller's identity, two levels above the handler that needs it. */
@Injectable()
class Session {
  constructor(@Inject(PRINCIPAL) readonly principal: Principal) {}
}

@Injectable()
class Basket {
  constructor(
    readonly session: Session,
    readonly store: Store,
  ) {}
}

class Who {
  @IsString() name!: string;
}

@Tool({ name: 'plain', description: 'Needs what the app shares.' })
class Plain {
  private calls = 0;
  constructor(
    readonly store: Store,
    @Inject('missing', { optional: true }) readonly missing?: string,
  ) {}
  call() {
    return { calls: ++this.calls, store: this.store.id, url: this.store.url, missing: this.missing === undefined };
  }
}

@Tool({ name: 'personal', description: 'Needs the caller.', input: Who })
class Personal {
  constructor(
    readonly basket: Basket,
    readonly session: Session,
    @Inject(CALL_CONTEXT) readonly ctx: CallContext,
    readonly plain: Plain,
  ) {}
  async call(_: Who, ctx: CallContext) {
    await new Promise((resolve) => setImmediate(resolve));
    const owner = this.session.principal.owner;
    const isOneScope = this.basket.session === this.session && this.ctx === ctx;
    return { owner, isOneScope, store: this.basket.store.id, plain: this.plain.call().calls };
  }
}

const providers = [{ provide: 'url', useValue: 'redis://one' }];

beforeEach(() => {
  made.splice(0);
  closed.splice(0);
});

async function value(outcome: Promise<{ kind: string; result?: { content: unknown[] } }>): Promise<unknown> {
  const { result } = await outcome;
  return JSON.parse((result?.content[0] as { text: string }).text);
}

describe('the container', () => {
  it('makes a dependency once per app and a handler once per call', async () => {
    const { call } = boot([Plain], { providers });
    const expected = { calls: 1, store: 2, url: 'redis://one', missing: true };
    expect(await value(call('plain', {}, siteOf()))).toEqual(expected);
    expect(await value(call('plain', {}, siteOf()))).toEqual(expected);
    expect(made).toEqual(['Clock', 'Store']);
  });

  it('shares nothing between two apps', async () => {
    const first = createContainer(providers);
    const second = createContainer(providers);
    expect(first.resolve(Store)).toBe(first.resolve(Store));
    expect(first.resolve(Store)).not.toBe(second.resolve(Store));
  });

  it('never gives one caller what was made for another, however many call at a time', async () => {
    const { call } = boot([Personal, Plain], { providers });
    const owners = Array.from({ length: 200 }, (_, index) => `user-${index}`);
    const seen = await Promise.all(
      owners.map((owner) => value(call('personal', { name: 'x' }, siteOf({ principal: { owner, scopes: [] } })))),
    );
    // The store is shared; the handler `Plain` is not, not even as a dependency.
    expect(seen).toEqual(owners.map((owner) => ({ owner, isOneScope: true, store: 2, plain: 1 })));
  });

  it('makes what is deferred as anything else: once per app, or once per call where it needs the call', async () => {
    @Injectable()
    class Hub {
      readonly id = made.push('Hub');
      constructor(
        readonly clock: Clock,
        @inject(delay(() => Spoke)) readonly spoke: { readonly id: number },
      ) {}
      dispose(): void {
        closed.push('Hub');
      }
    }
    @Injectable()
    class Spoke {
      readonly id = made.push('Spoke');
      constructor(readonly hub: Hub) {}
    }
    // Each needs the other, and one of them the caller.
    @Injectable()
    class Guest {
      constructor(@inject(delay(() => Host)) readonly host: { readonly session: Session }) {}
    }
    @Injectable()
    class Host {
      constructor(
        readonly guest: Guest,
        readonly session: Session,
      ) {}
    }
    @Tool({ name: 'deferring', description: 'Needs classes that need each other.' })
    class Deferring {
      constructor(
        readonly hub: Hub,
        @inject(delay(() => Spoke)) readonly spoke: Spoke,
        readonly host: Host,
        readonly guest: Guest,
      ) {}
      call() {
        const isOne = this.spoke.hub === this.hub && this.hub.spoke.id === this.spoke.id;
        return { isOne, owners: [this.guest.host, this.host].map(({ session }) => session.principal.owner) };
      }
    }
    expect(checkDependencies([Deferring], [])).toEqual([]);
    const container = createContainer([], new Set([Deferring]));
    const { call } = boot([Deferring], { container });
    const seen = await Promise.all(
      ['ada', 'bob'].map((owner) => value(call('deferring', {}, siteOf({ principal: { owner, scopes: [] } })))),
    );
    expect(seen).toEqual(['ada', 'bob'].map((owner) => ({ isOne: true, owners: [owner, owner] })));
    expect(made).toEqual(['Clock', 'Hub', 'Spoke']);
    await container.close();
    expect(closed).toEqual(['Hub', 'Clock']);
  });

  it('takes replacements and factories, the last one for a token winning', () => {
    class FakeStore extends Store {}
    const replaced = createContainer([...providers, { provide: Store, useClass: FakeStore }]);
    expect(replaced.resolve(Store)).toBeInstanceOf(FakeStore);
    expect(replaced.resolve(Store).clock).toBeInstanceOf(Clock);
    let runs = 0;
    const useFactory = (resolve: <T>(token: string) => T) => `${resolve<string>('url')}/${++runs}`;
    const made = createContainer([
      { provide: 'url', useValue: 'a' },
      { provide: 'url', useValue: 'b' },
      { provide: 'db', useFactory },
    ]);
    expect([made.resolve('db'), made.resolve('db')]).toEqual(['b/1', 'b/1']);
  });

  it("makes a class that has its parent's constructor, whatever tokens that takes", () => {
    @Injectable()
    class Parent {
      constructor(@Inject('url') readonly url: string) {}
    }
    @Injectable()
    class Child extends Parent {}
    const container = createContainer([{ provide: 'url', useValue: 'redis://one' }]);
    expect(container.resolve(Child).url).toBe('redis://one');
  });

  it('refuses to put the caller into what the app shares', () => {
    const container = createContainer([{ provide: 'who', useFactory: (resolve) => resolve(Session) }]);
    expect(() => container.resolve('who')).toThrow(/Session/);
  });

  it('closes what it made, the last made first, once, whatever fails', async () => {
    const failing = {
      dispose: () => {
        throw new Error('stuck');
      },
    };
    const container = createContainer([...providers, { provide: 'failing', useFactory: () => failing }]);
    container.resolve(Store);
    container.resolve('failing');
    await expect(container.close()).rejects.toThrow('stuck');
    expect(closed).toEqual(['Store', 'Clock']);
    await container.close();
    expect(closed).toEqual(['Store', 'Clock']);
  });
});

class Naked {
  constructor(readonly clock: Clock) {}
}

interface Shape {
  readonly size: number;
}

@Injectable()
class Vague {
  constructor(
    readonly shape: Shape,
    readonly size: number,
  ) {}
}

@Injectable()
class Egg {
  constructor(@Inject('hen') readonly hen: unknown) {}
}

@Injectable()
class Hen {
  constructor(readonly egg: Egg) {}
}

@Injectable()
class Broken {
  constructor(
    readonly naked: Naked,
    readonly vague: Vague,
    @Inject('nobody') readonly nobody: string,
    readonly hen: Hen,
    readonly session: Session,
  ) {}
}

describe('the check of dependencies', () => {
  it('finds every mistake at once, with class and position', () => {
    const found = checkDependencies([Broken], [{ provide: 'hen', useClass: Hen }]);
    expect(found.map(({ code, facts }) => [code, ...facts])).toEqual([
      ['NOT_INJECTABLE', 'Naked'],
      ['ERASED_DEPENDENCY', 'Vague', 0],
      ['VALUE_DEPENDENCY', 'Vague', 1, 'Number'],
      ['UNRESOLVABLE_DEPENDENCY', 'Broken', 2, "'nobody'"],
      ['DEPENDENCY_CYCLE', 'Hen > Egg > Hen'],
    ]);
  });

  it('finds nothing where everything can be made', () => {
    expect(checkDependencies([Personal, Plain], providers)).toEqual([]);
  });
});
