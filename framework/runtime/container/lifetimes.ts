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
    if (typeof asked !== 'object') return this.isTokenPerCall(asked);
    if (asked.kind === 'class') return this.isTokenPerCall(asked.class);
    return asked.kind === 'token' && typeof asked.token !== 'object' && this.isTokenPerCall(asked.token);
  }

  private isTokenPerCall(token: Token): boolean {
    const known = this.known.get(token);
    if (known !== undefined) return known;
    // For the time of the look: a cycle is reported elsewhere and must only end here.
    this.known.set(token, false);
    const isPerCall = this.look(token);
    this.known.set(token, isPerCall);
    return isPerCall;
  }

  private look(token: Token): boolean {
    const provider = this.providers.findLast(({ provide }) => provide === token);
    if (provider !== undefined && !('useClass' in provider)) return false;
    const target = provider?.useClass ?? token;
    if (typeof target !== 'function') return false;
    return this.handlers.has(target) || dependenciesOf(target).some((dependency) => this.isPerCall(dependency));
  }
}
