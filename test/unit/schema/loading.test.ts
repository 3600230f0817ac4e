import { execFileSync } from 'node:child_process';

/** Runs a program in a process of its own and returns what it prints as JSON. */
function run(program: string): Record<string, unknown> {
  const head = `
    import { createRequire } from 'node:module';
    const loaded = () => Object.keys(createRequire(import.meta.url).cache).map((path) => path.replaceAll('\\\\', '/'));
    const has = (name) => loaded().some((path) => path.includes('/node_modules/' + name + '/'));
  `;
  const args = ['--import', '@swc-node/register/esm-register', '--input-type=module', '--eval', head + program];
  return JSON.parse(execFileSync(process.execPath, args, { encoding: 'utf8', stdio: 'pipe' })) as Record<
    string,
    unknown
  >;
}

const SCHEMA = `const { compileSchema } = await import('./framework/schema/compile-schema.ts');
  const { jsonSchema } = await import('./framework/schema/json-schema.ts');
  const { warmUp } = await import('./framework/schema/checker.ts');
  const schema = compileSchema(jsonSchema({ type: 'object', properties: { a: { type: 'string' } } }));`;

describe('the start of a server', () => {
  it('loads neither ajv nor class-validator nor the detector of slow expressions', () => {
    const program = `${SCHEMA} console.log(JSON.stringify(['ajv', 'class-validator', 'redos-detector'].filter(has)));`;
    expect(run(program)).toEqual([]);
  });

  it('leaves the first call waiting for the checker, and no later one', () => {
    const program = `${SCHEMA}
      const first = schema.validate({ a: 'x' });
      const waited = first instanceof Promise;
      const { ok } = await first;
      console.log(JSON.stringify({ waited, ok, later: schema.validate({ a: 5 }).ok, ajv: has('ajv') }));`;
    expect(run(program)).toEqual({ waited: true, ok: true, later: false, ajv: true });
  });

  it('can load the checker ahead, so that the first call is synchronous', () => {
    const program = `${SCHEMA} await warmUp(); console.log(JSON.stringify(schema.validate({ a: 'x' })));`;
    expect(run(program)).toEqual({ ok: true, value: { a: 'x' } });
  });
});
