import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

const TESTS = join(__dirname, '..');

/** What talks to a server, where it is made, and what holds it against the official schemas there. */
const TALKERS = [
  {
    talker: /import \{[^}]*\bconnect\b[^}]*\} from 'perdura\/testing'/,
    checked: /^export async function checkedConnect/m,
    fix: 'import checkedConnect of test/checked-connect.ts',
  },
  {
    talker: /new (StreamableHTTP|Stdio|SSE)ClientTransport\(/,
    checked: /\bchecked\(/,
    fix: 'wrap the transport in checked() of test/clients/checked-transport.ts',
  },
] as const;

/** Compiled and run on its own, beside the package that it consumes. */
const APART = /^fixtures.package/;

it('lets no client of any test talk past the check against the official schemas', () => {
  const sources = readdirSync(TESTS, { recursive: true, encoding: 'utf8' }).filter((path) => path.endsWith('.ts'));
  const seen = sources.map((path) => ({ path, text: readFileSync(join(TESTS, path), 'utf8') }));
  const unchecked = seen
    .filter(({ path }) => !APART.test(path))
    .flatMap(({ path, text }) =>
      TALKERS.filter(({ talker, checked }) => talker.test(text) && !checked.test(text)).map(({ fix }) => ({
        path,
        fix,
      })),
    );
  expect(unchecked).toEqual([]);
  expect(seen.filter(({ text }) => TALKERS.some(({ talker }) => talker.test(text))).length).toBeGreaterThan(5);
});
