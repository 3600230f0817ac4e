import { createRequire } from 'node:module';
import type { InjectionToken } from 'tsyringe';
import { PerduraError } from '../../errors.js';
import type { Class } from '../../metadata/class.js';
import { dependenciesOf, type Dependency } from '../../metadata/dependencies.js';
import type { CallContext } from '../context.js';
import { dispose } from './dispose.js';
import { type Handlers, Lifetimes } from './lifetimes.js';
import { type Provider, type Token, tokenName } from './provider.js';
import { CALL_CONTEXT, PRINCIPAL } from './tokens.js';

/** The dependencies of one app. */
export interface Container {
  /** The object that serves one call: always a new one, so that a handler may keep the call's state in its fields. */
  handler(target: Class, ctx: CallContext): object;
  /** A dependency outside of any call. */
  resolve<T>(token: Token<T>): T;
  /** Disposes of what it made (`[Symbol.asyncDispose]`, `[Symbol.dispose]` or `dispose()`), the last made first. Idempotent. */
  close(): Promise<void>;
}

/**
 * The container of one app. Dependencies are made once per app, on first use; handlers, and what needs the call's
 * `PRINCIPAL` or `CALL_CONTEXT`, once per call. Nothing is loaded or made before the first of either is asked for.
 */
export function createContainer(providers: readonly Provider[], handlers: Handlers = new Set()): Container {
  let container: AppContainer | undefined;
  const made = (): AppContainer => (container ??= new AppContainer(providers, handlers));
  return {
    handler: (target, ctx) => made().handler(target, ctx),
    resolve: (token) => made().resolve(token),
    close: async () => container?.close(),
  };
}

class AppContainer implements Container {
  // `require`, since a server's start must not wait for what its first call needs.
  private readonly vendor = createRequire(import.meta.url)('tsyringe') as typeof import('tsyringe');
  // Children of tsyringe's global container, which is only ever read.
  private readonly app = this.vendor.container.createChildContainer();
  // What is made per call is registered here, so that a call's scope copies these few and nothing else.
  private readonly calls = this.app.createChildContainer();
  private readonly lifetimes: Lifetimes;
  private readonly admitted = new Set<Token>([PRINCIPAL, CALL_CONTEXT]);
  private readonly plans = new Map<Class, (ctx: CallContext) => object>();
  private readonly made: unknown[] = [];

  constructor(
    private readonly providers: readonly Provider[],
    handlers: Handlers,
  ) {
    this.lifetimes = new Lifetimes(providers, handlers);
    for (const provider of providers) this.admit(provider.provide);
  }

  handler(target: Class, ctx: CallContext): object {
    let plan = this.plans.get(target);
    if (plan === undefined) this.plans.set(target, (plan = this.plan(target)));
    return plan(ctx);
  }

  resolve<T>(token: Token<T>): T {
    this.admit(token);
    return this.app.resolve(token as InjectionToken<T>);
  }

  async close(): Promise<void> {
    await dispose(this.made.splice(0).reverse());
  }

  /** How to make a handler: where all that it takes is shared by the app, that is looked up once and for all. */
  private plan(target: Class): (ctx: CallContext) => object {
    const dependencies = dependenciesOf(target);
    this.admit(target);
    if (
      !this.lifetimes.isProvided(target) &&
      !dependencies.some((dependency) => this.lifetimes.isPerCall(dependency))
    ) {
      let shared: unknown[] | undefined;
      return () => new target(...(shared ??= dependencies.map((dependency) => this.argument(dependency))));
    }
    return (ctx) => {
      const scope = this.calls.createChildContainer();
      scope.registerInstance(PRINCIPAL, ctx.principal);
      scope.registerInstance(CALL_CONTEXT, ctx);
      return scope.resolve(target);
    };
  }

  private argument(dependency: Dependency): unknown {
    if (dependency.kind === 'class') return this.app.resolve(dependency.class);
    if (dependency.kind === 'deferred') return this.app.resolve(dependency.delay as InjectionToken);
    if (dependency.kind !== 'token') return undefined;
    const token = dependency.token as InjectionToken;
    return dependency.optional && !this.app.isRegistered(token, true) ? undefined : this.app.resolve(token);
  }

  /** Registers a token and all that it needs, each with the lifetime that is right for it. */
  private admit(token: Token): void {
    if (this.admitted.has(token)) return;
    this.admitted.add(token);
    const provider = this.providers.findLast(({ provide }) => provide === token);
    if (provider !== undefined && 'useValue' in provider) {
      this.app.register(token as InjectionToken, { useValue: provider.useValue });
    } else if (provider !== undefined && 'useFactory' in provider) {
      this.share(token, () =>
        atOnce(
          token,
          provider.useFactory((wanted) => this.resolve(wanted)),
        ),
      );
    } else {
      const target = provider?.useClass ?? token;
      // A token that nothing provides: an optional parameter goes without it, any other one was found at boot.
      if (typeof target === 'function') this.admitClass(token, target);
    }
  }

  private admitClass(token: Token, target: Class): void {
    this.describe(target);
    for (const dependency of dependenciesOf(target)) {
      if (dependency.kind === 'class' || dependency.kind === 'deferred') this.admit(dependency.class);
      else if (dependency.kind === 'token') this.admit(dependency.token);
    }
    if (this.lifetimes.isPerCall(token)) {
      this.calls.register(token as Class, { useClass: target }, { lifecycle: this.vendor.Lifecycle.ContainerScoped });
    } else {
      const alias = Symbol(target.name);
      this.app.register(alias, { useClass: target });
      this.share(token, () => this.app.resolve(alias));
    }
  }

  // Parents first: a class without a constructor of its own takes what its parent's has been described to take.
  private describe(target: Class): void {
    const parent = Object.getPrototypeOf(target) as Class;
    if (parent !== Function.prototype) this.describe(parent);
    this.vendor.injectable()(target);
  }

  // Always made by the app's own container: what only a call's scope has cannot get into a shared object.
  private share(token: Token, make: () => unknown): void {
    let instance: { readonly value: unknown } | undefined;
    const useFactory = () => {
      if (instance === undefined) this.made.push((instance = { value: make() }).value);
      return instance.value;
    };
    this.app.register(token as InjectionToken, { useFactory });
  }
}

function atOnce(token: Token, made: unknown): unknown {
  if (!(made instanceof Promise)) return made;
  // Nobody will wait for it; what becomes of it must not end the process.
  made.catch(() => undefined);
  throw PerduraError.of('ASYNC_FACTORY', tokenName(token));
}
