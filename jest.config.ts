/** @jest-config-loader esbuild-register */
import type { Config } from 'jest';

// Tests run as CommonJS: one module registry for sources and packages, and no experimental VM modules.
const swc = (syntax: 'typescript' | 'ecmascript') => [
  '@swc/jest',
  {
    swcrc: false,
    sourceMaps: 'inline',
    jsc: {
      target: 'es2023',
      parser: { syntax, decorators: true },
      transform: { legacyDecorator: true, decoratorMetadata: syntax === 'typescript' },
    },
  },
];

// Published as ES modules alone, so they are compiled like our own sources.
const ESM_ONLY = '(arktype|arkregex|@ark|ai|@ai-sdk|@workflow|eventsource-parser|jose|zod)/';

const config: Config = {
  testEnvironment: 'node',
  // Some tests start processes; on a busy machine that takes its time, and says nothing of what they show.
  testTimeout: 60_000,
  roots: ['<rootDir>/test'],
  testMatch: ['**/*.test.ts'],
  maxWorkers: 2,
  transform: {
    '\\.ts$': swc('typescript') as [string, Record<string, unknown>],
    [`/node_modules/${ESM_ONLY}.+\\.js$`]: swc('ecmascript') as [string, Record<string, unknown>],
  },
  transformIgnorePatterns: [`/node_modules/(?!${ESM_ONLY})`],
  moduleNameMapper: {
    '^perdura$': '<rootDir>/framework/index.ts',
    '^perdura/plugins/(.*)$': '<rootDir>/plugins/$1/index.ts',
    '^perdura/(.*)$': '<rootDir>/framework/$1.ts',
    '^(\\.{1,2}/.*)\\.js$': '$1',
  },
};

export default config;
