import { transformSync } from 'esbuild';
import { draftCatalog } from '../../../framework/catalog/build-catalog.js';
import { Injectable } from '../../../framework/decorators/injectable.js';
import { Description } from '../../../framework/decorators/properties.js';
import { Tool } from '../../../framework/decorators/tool.js';
import type { Class } from '../../../framework/metadata/class.js';

const SOURCE = `
class Library {}
@Tool({ name: 'one', description: 'On the class.' })
class OnClass { constructor(library: Library) {} call() {} }
class OnMethod { constructor(library: Library) {} @Tool({ name: 'two', description: 'On a method.' }) run() {} }
@Injectable()
class OnBoth { constructor(library: Library) {} @Tool({ name: 'three', description: 'On a method.' }) run() {} }
@Tool({ name: 'four', description: 'Needs nothing.' })
class Alone { call() {} }
return [OnClass, OnMethod, OnBoth, Alone];
`;

type Load = (...decorators: unknown[]) => Class[];

/** What esbuild makes of a source whose decorators are the function's parameters. */
function compiled(source: string, decorators: string, experimentalDecorators: boolean): Load {
  const { code } = transformSync(`function load(${decorators}) {${source}}`, {
    loader: 'ts',
    supported: { decorators: false },
    tsconfigRaw: { compilerOptions: { experimentalDecorators } },
  });
  // eslint-disable-next-line no-new-func -- what esbuild wrote is run as it is, in this realm
  return new Function(`${code}; return load;`)() as Load;
}

it('a class compiled without decorator metadata is told of, with what to run instead', () => {
  const { mistakes } = draftCatalog(compiled(SOURCE, 'Tool, Injectable', true)(Tool, Injectable));
  expect(mistakes.map(({ code }) => code)).toEqual(Array(3).fill('NO_DECORATOR_METADATA'));
  for (const [index, name] of ['OnClass', 'OnMethod', 'OnBoth'].entries()) {
    expect(mistakes[index]?.message).toMatch(new RegExp(`^${name}'s constructor .*@swc-node/register`));
  }
});

it.each([
  ['a method', "class Desk { @Decorator({ name: 'one', description: 'On a method.' }) run() {} }", Tool],
  ['a field', "class Input { @Decorator('Words to look for') query; }", Description],
])('a decorator on %s that runs as a standard one says so at once', (_, source, decorator) => {
  const load = compiled(source, 'Decorator', false);
  expect(() => load(decorator)).toThrow(expect.objectContaining({ code: 'STANDARD_DECORATORS' }));
});

it('a class whose own decorator runs as a standard one is offered all the same', () => {
  const source = "@Tool({ name: 'one', description: 'Needs nothing.' }) class Alone { call() {} } return [Alone];";
  const { catalog, mistakes } = draftCatalog(compiled(source, 'Tool', false)(Tool));
  expect([[...catalog.tools.keys()], mistakes]).toEqual([['one'], []]);
});
