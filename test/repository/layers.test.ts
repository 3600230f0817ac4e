import { execFile } from 'node:child_process';
import { cp, mkdir, mkdtemp, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';

const ROOT = resolve(__dirname, '../..');

/** A tree that keeps every rule, so that what the planted file breaks is all that is reported. */
const LAWFUL = {
  'framework/errors.ts': 'export const ERRORS = {};',
  'framework/index.ts': "export { createApp } from './server/assembly/create-app.js';",
  'framework/metadata/class.ts': 'export interface Class { readonly name: string }',
  'framework/decorators/tool.ts': "export type { Class } from '../metadata/class.js';",
  'framework/decorators/handler.ts':
    "import type { context } from '../runtime/context.js';\nexport type Handler = typeof context;",
  'framework/runtime/context.ts': 'export const context = {};',
  'framework/schema/schema.ts': "import { ERRORS } from '../errors.js';\nexport const schema = [ERRORS];",
  'framework/tasks/store.ts': "import { schema } from '../schema/schema.js';\nexport const store = schema;",
  'framework/tasks/redis/store.ts': "import { store } from '../store.js';\nexport { store };",
  'framework/protocol/2026-07-28/methods.ts': 'export const methods = {};',
  'framework/cli/main.ts': "import { ERRORS } from '../errors.js';\nexport const main = ERRORS;",
  'framework/server/assembly/create-app.ts':
    "import { store } from '../../tasks/store.js';\nexport const createApp = () => store;",
  'plugins/timer/index.ts': "import { createApp } from 'perdura';\nexport const timer = createApp;",
};

/** What is planted, by the rule that must report it. */
const PLANTED: ReadonlyArray<{
  readonly sin: string;
  readonly rule: string;
  readonly path: string;
  readonly text: string;
}> = [
  {
    sin: 'a lower layer that imports a higher one',
    rule: 'layer-metadata',
    path: 'framework/metadata/planted.ts',
    text: "import { createApp } from '../server/assembly/create-app.js';\nexport const planted = createApp;",
  },
  {
    sin: 'a lower layer that imports only a type of a higher one',
    rule: 'layer-schema',
    path: 'framework/schema/planted.ts',
    text: "import type { store } from '../tasks/store.js';\nexport type Planted = typeof store;",
  },
  {
    sin: 'a lazy import of a higher layer',
    rule: 'layer-runtime',
    path: 'framework/runtime/planted.ts',
    text: "export const planted = () => import('../tasks/store.js');",
  },
  {
    sin: 'a decorator that looks beyond the metadata',
    rule: 'layer-decorators',
    path: 'framework/decorators/planted.ts',
    text: "import { schema } from '../schema/schema.js';\nexport const planted = schema;",
  },
  {
    sin: 'a layer that goes back through a public door',
    rule: 'layer-server',
    path: 'framework/server/planted.ts',
    text: "import { createApp } from 'perdura';\nexport const planted = createApp;",
  },
  {
    sin: 'a decorator that loads what it may only name',
    rule: 'layer-decorators-types',
    path: 'framework/decorators/loader.ts',
    text: "import { context } from '../runtime/context.js';\nexport const planted = context;",
  },
  {
    sin: 'a folder that has no place among the layers',
    rule: 'layer-unknown',
    path: 'framework/utils/planted.ts',
    text: "import { ERRORS } from '../errors.js';\nexport const planted = ERRORS;",
  },
  {
    sin: 'a port that knows what serves it',
    rule: 'room-tasks',
    path: 'framework/tasks/knowing.ts',
    text: "import { store } from './redis/store.js';\nexport const planted = store;",
  },
  {
    sin: 'a revision that looks at the other',
    rule: 'room-protocol-2025-11-25',
    path: 'framework/protocol/2025-11-25/planted.ts',
    text: "import { methods } from '../2026-07-28/methods.js';\nexport const planted = methods;",
  },
  {
    sin: 'a transport that knows how an app is put together',
    rule: 'room-server-http',
    path: 'framework/server/http/planted.ts',
    text: "import { createApp } from '../assembly/create-app.js';\nexport const planted = createApp;",
  },
  {
    sin: 'a server that chooses a store by itself',
    rule: 'stores-behind-ports',
    path: 'framework/server/choosing.ts',
    text: "import { store } from '../tasks/redis/store.js';\nexport const planted = store;",
  },
  {
    sin: 'a vendor outside its one place',
    rule: 'vendor-class-validator',
    path: 'framework/tasks/planted.ts',
    text: "import { isInt } from 'class-validator';\nexport const planted = isInt;",
  },
  {
    sin: 'the server runtime of the official SDK',
    rule: 'sdk-types-only',
    path: 'framework/protocol/planted.ts',
    text: "import { McpServer } from '@modelcontextprotocol/server';\nexport const planted = McpServer;",
  },
  {
    sin: 'a plugin that reaches past the public doors',
    rule: 'public-doors-only',
    path: 'plugins/timer/planted.ts',
    text: "import { store } from '../../framework/tasks/store.js';\nexport const planted = store;",
  },
  {
    sin: 'a door that brings the program along',
    rule: 'cli-is-a-program',
    path: 'framework/stdio.ts',
    text: "import { main } from './cli/main.js';\nexport const planted = main;",
  },
  {
    sin: 'a file that imports itself through another',
    rule: 'no-cycles',
    path: 'framework/agent/planted.ts',
    text: "import type { Second } from './second.js';\nexport interface Planted { second: Second }",
  },
];
const REST_OF_THE_CYCLE = {
  'framework/agent/second.ts':
    "import type { Planted } from './planted.js';\nexport interface Second { planted: Planted }",
};

interface Outcome {
  readonly failed: boolean;
  readonly output: string;
}

let lawful: Outcome;
let planted: Outcome;

beforeAll(async () => {
  const tree = await mkdtemp(join(tmpdir(), 'perdura-layers-'));
  try {
    for (const file of ['package.json', 'tsconfig.json', '.dependency-cruiser.mjs']) {
      await cp(join(ROOT, file), join(tree, file));
    }
    await symlink(join(ROOT, 'node_modules'), join(tree, 'node_modules'));
    await plant(tree, LAWFUL);
    lawful = await lintLayers(tree);
    await plant(tree, Object.fromEntries(PLANTED.map(({ path, text }) => [path, text])));
    await plant(tree, REST_OF_THE_CYCLE);
    planted = await lintLayers(tree);
  } finally {
    await rm(tree, { recursive: true, force: true });
  }
});

async function plant(tree: string, files: Readonly<Record<string, string>>): Promise<void> {
  for (const [path, text] of Object.entries(files)) {
    await mkdir(dirname(join(tree, path)), { recursive: true });
    await writeFile(join(tree, path), `${text}\n`);
  }
}

/** Runs the very command that is a part of `npm run lint`, in the planted tree. */
function lintLayers(tree: string): Promise<Outcome> {
  return new Promise((done) => {
    execFile('npm', ['run', '--silent', 'lint:layers'], { cwd: tree }, (error, stdout) =>
      done({ failed: error !== null, output: stdout }),
    );
  });
}

it('checks the layers as a part of npm run lint', async () => {
  const { scripts } = JSON.parse(await readFile(join(ROOT, 'package.json'), 'utf8')) as {
    scripts: Record<string, string>;
  };
  expect(scripts['lint']?.split(' && ')).toContain('npm run lint:layers');
});

it('passes a tree that keeps the layers', () => {
  expect(lawful.output).toContain('no dependency violations found');
  expect(lawful.failed).toBe(false);
});

it('fails on a tree that breaks them', () => {
  expect(planted.failed).toBe(true);
});

it.each(PLANTED)('reports $sin', ({ rule, path }) => {
  expect(planted.output).toMatch(new RegExp(`error ${rule}: .*${path}`));
});
