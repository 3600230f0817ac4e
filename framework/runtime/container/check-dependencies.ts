import { PerduraError } from '../../errors.js';
import type { Class } from '../../metadata/class.js';
import { constructorMistakes } from '../../metadata/constructor-mistakes.js';
import { dependenciesOf } from '../../metadata/dependencies.js';
import { type Provider, type Token, tokenName } from './provider.js';
import { CALL_CONTEXT, PRINCIPAL } from './tokens.js';

/**
 * Everything that the container could not make of what these classes need, each with class, position and fix. What the
 * constructors of `classes` themselves leave unsaid, the catalog's check has told of already; that of those `beside` the catalog
 * nobody has.
 */
export function checkDependencies(
  classes: readonly Class[],
  providers: readonly Provider[],
  beside: readonly Class[] = [],
): PerduraError[] {
  const check = new DependencyCheck(new Set(classes), providers);
  for (const target of [...classes, ...beside]) check.visit(target, []);
  for (const provider of providers) if ('useClass' in provider) check.visit(provider.useClass, []);
  const waiting = providers.filter(isAsync).map(({ provide }) => PerduraError.of('ASYNC_FACTORY', tokenName(provide)));
  return [...check.mistakes, ...waiting];
}

class DependencyCheck {
  readonly mistakes: PerduraError[] = [];
  private readonly provided: ReadonlyMap<Token, Provider>;
  private readonly visited = new Set<Class>();

  constructor(
    private readonly checked: ReadonlySet<Class>,
    providers: readonly Provider[],
  ) {
    this.provided = new Map(providers.map((provider) => [provider.provide, provider]));
  }

  /** `path` are the classes that led here, each of them under construction. */
  visit(target: Class, path: readonly Class[]): void {
    const from = path.indexOf(target);
    if (from >= 0) {
      this.mistakes.push(
        PerduraError.of('DEPENDENCY_CYCLE', [...path.slice(from), target].map(({ name }) => name).join(' > ')),
      );
    }
    if (this.visited.has(target)) return;
    this.visited.add(target);
    const dependencies = dependenciesOf(target);
    if (!this.checked.has(target)) this.mistakes.push(...constructorMistakes(target));
    for (const [index, dependency] of dependencies.entries()) {
      if (dependency.kind === 'class') this.follow(dependency.class, [...path, target]);
      // It is made later, so whatever leads back is no cycle.
      if (dependency.kind === 'deferred') this.follow(dependency.class, []);
      if (dependency.kind !== 'token') continue;
      const { token, optional } = dependency;
      if (this.isKnown(token)) this.follow(token, [...path, target]);
      else if (!optional)
        this.mistakes.push(PerduraError.of('UNRESOLVABLE_DEPENDENCY', target.name, index, tokenName(token)));
    }
  }

  private isKnown(token: Token): boolean {
    return typeof token === 'function' || token === PRINCIPAL || token === CALL_CONTEXT || this.provided.has(token);
  }

  private follow(token: Token, path: readonly Class[]): void {
    const provider = this.provided.get(token);
    if (provider === undefined) {
      if (typeof token === 'function') this.visit(token, path);
    } else if ('useClass' in provider) this.visit(provider.useClass, path);
  }
}

// What is compiled to older targets, or gives a promise without being `async`, its first use tells of.
function isAsync(provider: Provider): boolean {
  return 'useFactory' in provider && provider.useFactory.constructor.name === 'AsyncFunction';
}
