// The layers, as data. A folder may import itself and the folders listed for it, nothing else.
const BELOW = {
  metadata: [],
  decorators: ['metadata'],
  schema: ['metadata'],
  catalog: ['schema', 'metadata'],
  runtime: ['catalog', 'schema', 'metadata'],
  agent: ['runtime', 'catalog', 'schema', 'metadata'],
  tasks: ['runtime', 'catalog', 'schema', 'metadata'],
  protocol: ['tasks', 'runtime', 'catalog', 'schema', 'metadata'],
  // The top of the sentence: createApp puts the agent loop behind the port that the runtime names.
  server: ['protocol', 'tasks', 'agent', 'runtime', 'catalog', 'schema', 'metadata'],
  testing: ['server', 'protocol', 'tasks', 'agent', 'runtime', 'catalog', 'schema', 'metadata'],
  // A program beside the library: it writes files, and needs no layer for that.
  cli: [],
};

// Where the compiler needs more than the program does: a decorator's type says which handler it takes.
const TYPES_OF = { decorators: 'runtime/context' };

// Rooms within a layer: what a room may import of its own layer. A layer's name stands for the files right in its folder.
const WIRE = ['protocol/messages', 'protocol/sealed', 'protocol/extensions', 'protocol/features'];
const ROOMS = {
  'runtime/results': [],
  'runtime/container': ['runtime'],
  tasks: ['tasks/activation'],
  'tasks/activation': ['tasks'],
  'tasks/memory': ['tasks'],
  'tasks/redis': ['tasks'],
  'tasks/bullmq': ['tasks', 'tasks/redis'],
  'protocol/messages': [],
  'protocol/sealed': [],
  'protocol/extensions': ['protocol/messages'],
  'protocol/features': ['protocol', ...WIRE],
  // What both revisions need stands in none of their folders.
  'protocol/2025-11-25': ['protocol', ...WIRE],
  'protocol/2026-07-28': ['protocol', ...WIRE],
  // What an app is to everybody else: it knows neither what serves one, nor how one is put together.
  server: ['server/pages', 'server/sessions', 'server/streams'],
  'server/identity': ['server'],
  'server/sessions': ['server'],
  'server/streams': ['server', 'server/sessions'],
  'server/pages': ['server'],
  'server/stdio': ['server', 'server/streams'],
  'server/http': ['server', 'server/identity', 'server/pages', 'server/sessions', 'server/streams'],
  'server/redis': ['server', 'server/pages', 'server/sessions', 'server/streams'],
  'server/assembly': ['server', 'server/pages', 'server/redis'],
};

// Vendors live in one place, so that each can be replaced, and loaded lazily, in one place.
const VENDORS = {
  'reflect-metadata': 'metadata/',
  'class-validator': 'schema/',
  ajv: 'schema/',
  'ajv-formats': 'schema/',
  'redos-detector': 'schema/',
  tsyringe: 'runtime/container',
  bullmq: 'tasks/bullmq/',
  ioredis: '(tasks|server)/redis/',
};

/** Files that every layer may import. */
const SHARED = ['error-table', 'errors', 'protocol-error', 'spec'];
const DOORS = '^framework/(index|http|stdio|worker|testing)\\.ts$';

const mayImport = (layer) => [
  `^framework/((${[layer, ...BELOW[layer]].join('|')})/|(${SHARED.join('|')})\\.ts$)`,
  ...(TYPES_OF[layer] ? [`^framework/${TYPES_OF[layer]}\\.ts$`] : []),
];

const layers = Object.entries(BELOW).map(([layer, below]) => ({
  name: `layer-${layer}`,
  comment: `${layer}/ may import only ${[layer, ...below].map((name) => `${name}/`).join(', ')}, errors.ts and spec.ts.`,
  severity: 'error',
  from: { path: `^framework/${layer}/` },
  to: { path: '^framework/', pathNot: mayImport(layer) },
}));

const types = Object.entries(TYPES_OF).map(([layer, file]) => ({
  name: `layer-${layer}-types`,
  comment: `${layer}/ may import only types of framework/${file}.ts.`,
  severity: 'error',
  from: { path: `^framework/${layer}/` },
  to: { path: `^framework/${file}\\.ts$`, dependencyTypesNot: ['type-only'] },
}));

const within = (room) => (room.includes('/') ? `^framework/${room}/` : `^framework/${room}/[^/]+\\.ts$`);

const rooms = Object.entries(ROOMS).map(([room, neighbours]) => ({
  name: `room-${room.replace('/', '-')}`,
  comment: `Of its layer, ${room} may import only itself${neighbours.map((name) => `, ${name}`).join('')}.`,
  severity: 'error',
  from: { path: within(room) },
  to: { path: `^framework/${room.split('/')[0]}/`, pathNot: [room, ...neighbours].map(within) },
}));

const vendors = Object.entries(VENDORS).map(([vendor, home]) => ({
  name: `vendor-${vendor}`,
  comment: `${vendor} may be imported only in framework/${home}.`,
  severity: 'error',
  from: { path: '^framework/', pathNot: `^framework/${home}` },
  to: { path: `node_modules/${vendor}/` },
}));

/** @type {import('dependency-cruiser').IConfiguration} */
export default {
  forbidden: [
    ...layers,
    ...types,
    ...rooms,
    ...vendors,
    {
      name: 'layer-unknown',
      comment: 'A new folder or file of framework/ must be given its place in .dependency-cruiser.mjs.',
      severity: 'error',
      from: {
        path: '^framework/',
        pathNot: [`^framework/((${Object.keys(BELOW).join('|')})/|(${SHARED.join('|')})\\.ts$)`, DOORS],
      },
      to: {},
    },
    {
      name: 'stores-behind-ports',
      comment: 'Which store and queue serve a port is decided where an app is put together.',
      severity: 'error',
      from: {
        path: '^framework/',
        pathNot: '^framework/(tasks/(memory|redis|bullmq)/|server/redis/|server/assembly/open-backend\\.ts$|testing/)',
      },
      to: {
        path: '^framework/(tasks/(memory|redis|bullmq)|server/redis)/',
        dependencyTypesNot: ['type-only'],
      },
    },
    {
      name: 'shared-knows-nobody',
      comment: 'errors.ts and spec.ts are imported by every layer, so they may import none but one another.',
      severity: 'error',
      from: { path: `^framework/(${SHARED.join('|')})\\.ts$` },
      to: { path: '^framework/', pathNot: `^framework/(${SHARED.join('|')})\\.ts$` },
    },
    {
      name: 'sdk-types-only',
      comment:
        'The official SDK gives types. Its Client alone runs, in testing/ and where an agent calls other servers.',
      severity: 'error',
      from: { path: '^framework/', pathNot: '^framework/(testing|agent)/' },
      to: { path: 'node_modules/@modelcontextprotocol/', dependencyTypesNot: ['type-only'] },
    },
    {
      name: 'sdk-client-only',
      comment:
        "No server runtime of the official SDK, and no version 1: testing/ and agent/ may run version 2's client.",
      severity: 'error',
      from: { path: '^framework/(testing|agent)/' },
      to: {
        path: 'node_modules/@modelcontextprotocol/',
        pathNot: 'node_modules/@modelcontextprotocol/(client|core)/',
        dependencyTypesNot: ['type-only'],
      },
    },
    {
      name: 'public-doors-only',
      comment:
        'Plugins and examples import what a stranger can: perdura, perdura/http, perdura/stdio, perdura/worker, perdura/testing.',
      severity: 'error',
      from: { path: '^(plugins|examples)/' },
      to: { path: '^framework/', pathNot: DOORS },
    },
    {
      name: 'cli-is-a-program',
      comment: 'framework/cli/ is started, never imported: a server loads nothing of it.',
      severity: 'error',
      from: { pathNot: '^(framework/cli|test)/' },
      to: { path: '^framework/cli/' },
    },
    {
      name: 'framework-stands-alone',
      comment: 'framework/ imports no plugin, example, test or script.',
      severity: 'error',
      from: { path: '^framework/' },
      to: { path: '^(plugins|examples|test|bench|scripts)/' },
    },
    {
      name: 'published-needs-dependencies',
      comment: 'What is published may run only what users install: a dependency, or an optional peer.',
      severity: 'error',
      from: { path: '^(framework|plugins)/' },
      to: { dependencyTypes: ['npm-dev'], dependencyTypesNot: ['npm', 'npm-peer', 'npm-optional', 'type-only'] },
    },
    {
      name: 'no-cycles',
      comment: 'Neither file may be read before the other; decorator metadata also sees undefined in a cycle.',
      severity: 'error',
      from: {},
      to: { circular: true },
    },
    {
      name: 'resolvable',
      comment: 'The import leads nowhere.',
      severity: 'error',
      from: {},
      to: { couldNotResolve: true },
    },
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    // Programs of their own: one imports the installed tarball, the others what is installed on demand.
    exclude: { path: '^(dist|coverage|\\.bench|\\.git|test/fixtures/package|bench/peers)/' },
    tsPreCompilationDeps: true,
    tsConfig: { fileName: 'tsconfig.json' },
    enhancedResolveOptions: { exportsFields: ['exports'], conditionNames: ['import', 'types', 'default'] },
    moduleSystems: ['es6', 'cjs'],
  },
};
