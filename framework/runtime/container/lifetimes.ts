import type { Class } from '../../metadata/class.js';
import { dependenciesOf, type Dependency } from '../../metadata/dependencies.js';
import type { Provider, Token } from './provider.js';
import { CALL_CONTEXT, PRINCIPAL } from './tokens.js';

/** Which classes have handlers, asked anew each time: some come while the app runs. */
export type Handlers = Pick<ReadonlySet<Class>, 'has'>;

/** Which dependencies live as long as the app, and which as long as a call. */
export class Lifetimes {
  private readonly known = new Map<Token, boolean>([
    [PRINCIPAL, true],
    [CALL_CONTEXT, true],
  ]);

  constructor(
    private readonly providers: readonly Provider[],
    private readonly handlers: Handlers,
  ) {}

  isProvided(token: Token): boolean {
    return this.providers.some(({ provide }) => provide === token);
  }

  /** Whether it is a handler, or needs a call's principal or context, itself or through what it takes. */
  isPerCall(asked: Token | Dependency): boolean {
    const token = typeof asked === 'object' ? tokenOf(asked) : asked;
    if (token === undefined) return false;
    const seen = new Set<Token>();
    const isPerCall = this.look(token, seen);
    // Only now: what is deferred may lead back to what was being looked at.
    if (!isPerCall) for (const one of seen) this.known.set(one, false);
    return isPerCall;
  }

  private look(token: Token, seen: Set<Token>): boolean {
    const known = this.known.get(token);
    if (known !== undefined || seen.has(token)) return known === true;
    seen.add(token);
    const isPerCall = this.needsCall(token, seen);
    if (isPerCall) this.known.set(token, true);
    return isPerCall;
  }

  private needsCall(token: Token, seen: Set<Token>): boolean {
    const provider = this.providers.findLast(({ provide }) => provide === token);
    if (provider !== undefined && !('useClass' in provider)) return false;
    const target = provider?.useClass ?? token;
    if (typeof target !== 'function') return false;
    if (this.handlers.has(target)) return true;
    return dependenciesOf(target).some((dependency) => {
      const needed = tokenOf(dependency);
      return needed !== undefined && this.look(needed, seen);
    });
  }
}

function tokenOf(dependency: Dependency): Token | undefined {
  if (dependency.kind === 'class' || dependency.kind === 'deferred') return dependency.class;
  return dependency.kind === 'token' ? dependency.token : undefined;
}
