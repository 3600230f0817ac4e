import { readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import ts from 'typescript';

const ROOT = resolve(__dirname, '../..');

jest.setTimeout(120_000);

/** The sources of all doors, plugins included. */
function doors(): string[] {
  const { exports } = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8')) as {
    exports: Record<string, { default: string } | string>;
  };
  return Object.values(exports).flatMap((target) =>
    typeof target === 'string' ? [] : join(ROOT, target.default.replace(/^\.\/dist\/(.*)\.js$/, '$1.ts')),
  );
}

it('says of every public name what it is', () => {
  const { config } = ts.readConfigFile(join(ROOT, 'tsconfig.json'), ts.sys.readFile) as { config: object };
  const { options } = ts.parseJsonConfigFileContent(config, ts.sys, ROOT);
  const program = ts.createProgram(doors(), { ...options, noEmit: true });
  const checker = program.getTypeChecker();
  const silent: string[] = [];
  let names = 0;
  for (const door of doors()) {
    const module = checker.getSymbolAtLocation(program.getSourceFile(door) as ts.SourceFile) as ts.Symbol;
    for (const exported of checker.getExportsOfModule(module)) {
      const symbol = exported.flags & ts.SymbolFlags.Alias ? checker.getAliasedSymbol(exported) : exported;
      // Types of the specification are documented by it.
      if (symbol.declarations?.every((declaration) => declaration.getSourceFile().fileName.includes('node_modules')))
        continue;
      names += 1;
      if (symbol.getDocumentationComment(checker).length === 0)
        silent.push(`${door.slice(ROOT.length + 1)} ${exported.name}`);
    }
  }
  expect(names).toBeGreaterThan(200);
  expect(silent).toEqual([]);
});
