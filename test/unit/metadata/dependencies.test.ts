import { Inject, Injectable } from '../../../framework/decorators/injectable.js';
import { constructorMistakes } from '../../../framework/metadata/constructor-mistakes.js';
import { dependenciesOf } from '../../../framework/metadata/dependencies.js';
import { delay, inject, injectAll, injectWithTransform } from 'tsyringe';

interface Shape {
  readonly size: number;
}
class Library {}
const TOKEN = Symbol('token');

class Upper {
  transform = (text: string): string => text.toUpperCase();
}

@Injectable()
class Everything {
  constructor(
    readonly library: Library,
    @Inject(TOKEN) readonly folder: string,
    @Inject('name', { optional: true }) readonly name: string,
    @Inject(Library) readonly shape: Shape,
    readonly erased: Shape,
    readonly either: Library | string,
    readonly count: number,
    readonly list: Library[],
  ) {}
}

describe('the dependencies of a class', () => {
  it('are what its constructor asks for, in order', () => {
    expect(dependenciesOf(Everything)).toEqual([
      { kind: 'class', class: Library },
      { kind: 'token', token: TOKEN, optional: false },
      { kind: 'token', token: 'name', optional: true },
      { kind: 'class', class: Library },
      { kind: 'erased' },
      { kind: 'erased' },
      { kind: 'value', type: 'Number' },
      { kind: 'value', type: 'Array' },
    ]);
  });

  it('are none without a constructor', () => {
    expect(dependenciesOf(Library)).toEqual([]);
  });

  it("are the parent's where the class has no constructor of its own", () => {
    @Injectable()
    class Parent {
      constructor(
        readonly library: Library,
        @Inject(TOKEN) readonly folder: string,
      ) {}
    }
    @Injectable()
    class Child extends Parent {}
    expect(dependenciesOf(Child)).toEqual(dependenciesOf(Parent));
  });

  it('may be marked with the decorators of tsyringe', () => {
    @Injectable()
    class Marked {
      constructor(
        @inject('folder') readonly folder: string,
        @inject(delay(() => Library)) readonly library: Library,
        @injectAll('folder') readonly folders: string[],
        @injectWithTransform('folder', Upper) readonly upper: string,
      ) {}
    }
    expect(dependenciesOf(Marked)).toEqual([
      { kind: 'token', token: 'folder', optional: false },
      { kind: 'deferred', class: Library, delay: expect.any(Object) },
      { kind: 'unsupported' },
      { kind: 'unsupported' },
    ]);
    // A container that has one value for each token would give something else than they ask for.
    const mistakes = constructorMistakes(Marked);
    expect(mistakes.map(({ code, facts }) => [code, ...facts])).toEqual([
      ['UNSUPPORTED_INJECTION', 'Marked', 2],
      ['UNSUPPORTED_INJECTION', 'Marked', 3],
    ]);
  });

  it('are not recorded for a class without decorators, but its tokens are', () => {
    class Undecorated {
      constructor(
        readonly library: Library,
        readonly other: Library,
      ) {}
    }
    Inject(TOKEN)(Undecorated, undefined, 1);
    expect(dependenciesOf(Undecorated)).toEqual([
      { kind: 'unrecorded' },
      { kind: 'token', token: TOKEN, optional: false },
    ]);
  });
});

describe('the mistakes of a constructor', () => {
  it('are all told', () => {
    const mistakes = constructorMistakes(Everything);
    expect(mistakes.map(({ code }) => code)).toEqual([
      'ERASED_DEPENDENCY',
      'ERASED_DEPENDENCY',
      'VALUE_DEPENDENCY',
      'VALUE_DEPENDENCY',
    ]);
    for (const [index, { message }] of mistakes.entries()) {
      expect(message).toContain(`Parameter #${index + 4} of Everything's constructor`);
    }
  });

  it('are told of a plain class without decorators too', () => {
    class Undecorated {
      constructor(readonly library: Library) {}
    }
    expect(constructorMistakes(Undecorated).map(({ code }) => code)).toEqual(['NOT_INJECTABLE']);
  });
});
