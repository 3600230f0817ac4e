import * as cv from 'class-validator';
import type { Class } from '../../../framework/metadata/class.js';
import { fieldRulesOf } from '../../../framework/schema/rules.js';

class Base {
  @cv.IsString() @cv.MinLength(2) name!: string;
  @cv.IsOptional() @cv.IsInt() count?: number;
}
class Middle extends Base {
  @cv.IsString() @cv.MaxLength(9) override name = 'abc';
  @cv.IsBoolean() on = true;
}
class Leaf extends Middle {
  @cv.IsInt() @cv.Min(3) declare count: number;
  @cv.IsDefined() last!: unknown;
}
class Other extends Base {
  @cv.ValidateIf(() => true) @cv.IsInt() @cv.Max(5) declare count: number;
}
class Bare extends Leaf {}

/** The names of a field's rules as class-validator itself gathers them. */
function gathered(target: Class): Record<string, string[]> {
  const found: Record<string, string[]> = {};
  for (const { propertyName, name, type } of cv
    .getMetadataStorage()
    .getTargetValidationMetadatas(target, '', false, false)) {
    if (['customValidation', 'isDefined'].includes(type)) (found[propertyName] ??= []).push(name ?? '');
  }
  return found;
}

// It is read from class-validator's index, which its own method searches through for every class.
it.each([Base, Middle, Leaf, Other, Bare])('what is known of %p is what class-validator gathers for it', (target) => {
  const known = [...fieldRulesOf(target)].map(([field, { rules }]) => [field, rules.map(({ name }) => name)] as const);
  expect(Object.fromEntries(known.filter(([, rules]) => rules.length > 0))).toEqual(gathered(target));
});

it('what a class inherits of another kind than its own stays, as that a field is optional', () => {
  expect([fieldRulesOf(Leaf).get('count')?.optional, fieldRulesOf(Other).get('count')?.conditions.length]).toEqual([
    true,
    1,
  ]);
});
