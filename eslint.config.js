import eslint from '@eslint/js';
import tseslint from 'typescript-eslint';

const SOURCES = ['framework/**/*.ts', 'plugins/**/*.ts', 'examples/**/*.ts'];

const NO_DEFAULT_EXPORT = {
  selector: 'ExportDefaultDeclaration',
  message: 'Export by name: one thing has one name everywhere.',
};
const NO_EXPORT_ALL = {
  selector: 'ExportAllDeclaration',
  message: 'List the names: what is public is decided by hand.',
};
const NO_DEFINE_METADATA = {
  selector: "MemberExpression[object.name='Reflect'][property.name='defineMetadata']",
  message: 'Only framework/metadata/ writes metadata; call declare() or describeProperty().',
};

export default tseslint.config(
  { ignores: ['dist/', 'coverage/', '.bench/', '.build/'] },
  { linterOptions: { reportUnusedDisableDirectives: 'error' } },
  {
    files: ['**/*.ts'],
    extends: [eslint.configs.recommended, tseslint.configs.recommended],
    languageOptions: { parserOptions: { projectService: true, tsconfigRootDir: import.meta.dirname } },
    rules: {
      eqeqeq: ['error', 'always', { null: 'ignore' }],
      'no-eval': 'error',
      'no-new-func': 'error',
      'no-warning-comments': ['error', { terms: ['todo', 'fixme', 'xxx'] }],
      'object-shorthand': 'error',
      'prefer-const': 'error',
      '@typescript-eslint/await-thenable': 'error',
      // Reads emitDecoratorMetadata and stays silent in a file with decorators: there a class that looks like a type
      // is a run-time dependency. Elsewhere a type import keeps a module from being loaded at all.
      '@typescript-eslint/consistent-type-imports': [
        'error',
        { fixStyle: 'inline-type-imports', disallowTypeAnnotations: false },
      ],
      '@typescript-eslint/no-floating-promises': 'error',
      '@typescript-eslint/no-invalid-void-type': 'error',
      '@typescript-eslint/no-misused-promises': ['error', { checksVoidReturn: { arguments: false } }],
      '@typescript-eslint/no-unused-vars': ['error', { argsIgnorePattern: '^_', varsIgnorePattern: '^_' }],
      '@typescript-eslint/only-throw-error': 'error',
      '@typescript-eslint/switch-exhaustiveness-check': ['error', { considerDefaultExhaustiveForUnions: true }],
      'no-restricted-syntax': ['error', NO_DEFAULT_EXPORT],
    },
  },
  {
    files: SOURCES,
    rules: { 'max-lines': ['error', { max: 300, skipBlankLines: false, skipComments: false }] },
  },
  {
    files: ['framework/**/*.ts'],
    rules: {
      'no-console': 'error',
      'no-restricted-syntax': ['error', NO_DEFAULT_EXPORT, NO_EXPORT_ALL, NO_DEFINE_METADATA],
    },
  },
  {
    files: ['framework/metadata/**/*.ts'],
    rules: { 'no-restricted-syntax': ['error', NO_DEFAULT_EXPORT, NO_EXPORT_ALL] },
  },
  {
    files: ['framework/cli/**/*.ts'],
    rules: { 'no-console': 'off' },
  },
  {
    files: ['plugins/**/*.ts', 'examples/**/*.ts'],
    rules: {
      'no-restricted-imports': [
        'error',
        { patterns: [{ regex: '/framework/', message: 'Import a public door by its name, such as perdura/http.' }] },
      ],
    },
  },
  {
    files: ['examples/starter/**/*.test.ts'],
    rules: {
      // The runner waits for its tests by itself.
      '@typescript-eslint/no-floating-promises': [
        'error',
        { allowForKnownSafeCalls: [{ from: 'package', name: 'test', package: 'node:test' }] },
      ],
    },
  },
  {
    files: ['test/**/*.ts'],
    rules: {
      // Tests hand wrong values to typed doors on purpose.
      '@typescript-eslint/no-explicit-any': 'off',
    },
  },
  // Tools read their configuration from the default export.
  { files: ['*.config.ts'], rules: { 'no-restricted-syntax': 'off' } },
);
