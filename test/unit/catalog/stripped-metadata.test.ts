import { transformSync } from 'esbuild';
import { draftCatalog } from '../../../framework/catalog/build-catalog.js';
import { Injectable } from '../../../framework/decorators/injectable.js';
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

it('a class compiled without decorator metadata is told of, with what to run instead', () => {
  const { code } = transformSync(`function load(Tool, Injectable) {${SOURCE}}`, {
    loader: 'ts',
    tsconfigRaw: { compilerOptions: { experimentalDecorators: true } },
  });
  // eslint-disable-next-line no-new-func -- what esbuild wrote is run as it is, in this realm
  const load = new Function(`${code}; return load;`)() as (...decorators: unknown[]) => Class[];
  const { mistakes } = draftCatalog(load(Tool, Injectable));
  expect(mistakes.map(({ code }) => code)).toEqual(Array(3).fill('NO_DECORATOR_METADATA'));
  for (const [index, name] of ['OnClass', 'OnMethod', 'OnBoth'].entries()) {
    expect(mistakes[index]?.message).toMatch(new RegExp(`^${name}'s constructor .*@swc-node/register`));
  }
});
