import { PerduraError } from '../errors.js';
import type { Class } from './class.js';
import { declarationsOf } from './declarations.js';
import { dependenciesOf, hasMethodMetadata, isInjectable } from './dependencies.js';

/**
 * The constructor parameters of which nothing says what they are. Whether the container can make what the others ask for is
 * the container's to check: it alone knows the providers.
 */
export function constructorMistakes(target: Class): readonly PerduraError[] {
  const name = target.name || '(anonymous class)';
  const dependencies = dependenciesOf(target);
  if (dependencies.some(({ kind }) => kind === 'unrecorded')) {
    return [PerduraError.of(isStripped(target) ? 'NO_DECORATOR_METADATA' : 'NOT_INJECTABLE', name)];
  }
  return dependencies.flatMap((dependency, index) => {
    if (dependency.kind === 'erased') return [PerduraError.of('ERASED_DEPENDENCY', name, index)];
    if (dependency.kind === 'unsupported') return [PerduraError.of('UNSUPPORTED_INJECTION', name, index)];
    return dependency.kind === 'value' ? [PerduraError.of('VALUE_DEPENDENCY', name, index, dependency.type)] : [];
  });
}

/** Whether metadata is missing where a compiler that emits it would have left some: beside a decorator. */
function isStripped(target: Class): boolean {
  return (
    isInjectable(target) ||
    declarationsOf(target).some(({ on, member }) => on !== 'class' && !hasMethodMetadata(target, member, on))
  );
}
