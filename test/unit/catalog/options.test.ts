import { buildCatalog } from '../../../framework/catalog/build-catalog.js';
import { Agent } from '../../../framework/decorators/agent.js';
import { Injectable } from '../../../framework/decorators/injectable.js';
import { Prompt } from '../../../framework/decorators/prompt.js';
import { Resource } from '../../../framework/decorators/resource.js';
import { Task } from '../../../framework/decorators/task.js';
import { Tool } from '../../../framework/decorators/tool.js';
import type { BootError } from '../../../framework/errors.js';
import type { Class } from '../../../framework/metadata/class.js';

// JavaScript, and TypeScript that nobody checks, may give a decorator anything.
type Loose = (options?: unknown) => (target: Class) => void;
const KINDS = {
  Tool: { decorate: Tool as Loose, good: { name: 'one', description: 'Does it.' } },
  Task: { decorate: Task as Loose, good: { name: 'one', description: 'Does it.' } },
  Resource: { decorate: Resource as Loose, good: { name: 'one', uri: 'a://b' } },
  Prompt: { decorate: Prompt as Loose, good: { name: 'one', description: 'Asks it.' } },
  Agent: { decorate: Agent as Loose, good: { instructions: 'Be careful.' } },
};
type Kind = keyof typeof KINDS;

function handler(): Class {
  return class Handler {
    call() {}
    read() {
      return '';
    }
    get() {
      return '';
    }
  };
}

function mistakesOf(...use: readonly Class[]): BootError['mistakes'] {
  try {
    buildCatalog(use);
  } catch (error) {
    expect(error).toMatchObject({ name: 'BootError' });
    return (error as BootError).mistakes;
  }
  return [];
}

function declaredWith(kind: Kind, options: unknown): Class {
  const target = handler();
  KINDS[kind].decorate(options)(target);
  return target;
}

const DESCRIBED: readonly (readonly [string, unknown])[] = [
  ['title', 5],
  ['title', null],
  ['icons', { src: 'a.png' }],
  ['icons', [{ src: 'a.png' }]],
  ['icons', [{ src: 'file:///a.png' }]],
  ['icons', [{}]],
  ['icons', [{ src: 'https://a.example/a.png', theme: 'blue' }]],
  ['icons', [{ src: 'https://a.example/a.png', sizes: '48x48' }]],
  ['_meta', 'x'],
  ['_meta', { size: 5n }],
  ['scopes', 'files:read'],
  ['scopes', [5]],
];
const HANDLED: readonly Kind[] = ['Tool', 'Task', 'Resource', 'Prompt'];
const WRONG: readonly (readonly [Kind, string, unknown])[] = [
  ...HANDLED.flatMap((kind) => DESCRIBED.map(([option, value]) => [kind, option, value] as const)),
  ['Tool', 'description', undefined],
  ['Tool', 'description', ' '],
  ['Task', 'description', 5],
  ['Prompt', 'description', undefined],
  ['Resource', 'description', 5],
  ['Tool', 'annotations', { readOnlyHint: 'yes' }],
  ['Tool', 'annotations', true],
  ['Tool', 'input', null],
  ['Tool', 'output', 'text'],
  ['Prompt', 'input', false],
  ['Tool', 'approval', 'always'],
  ['Tool', 'onCrash', 'panic'],
  ['Task', 'support', 'never'],
  ['Task', 'attached', 'yes'],
  ['Task', 'queue', 5],
  ['Task', 'backoff', '1s'],
  ['Task', 'budget', 5],
  ['Task', 'schedule', true],
  ['Task', 'schedule', { every: '1h' }],
  ['Task', 'schedule', { cron: 5, owner: 'x' }],
  ['Resource', 'mimeType', 5],
  ['Resource', 'size', '3'],
  ['Resource', 'size', NaN],
  ['Resource', 'annotations', { priority: 5 }],
  ['Resource', 'annotations', { audience: 'user' }],
  ['Resource', 'annotations', { lastModified: 'yesterday' }],
  ['Resource', 'complete', { id: ['a'] }],
  ['Prompt', 'complete', () => []],
  ['Agent', 'instructions', undefined],
  ['Agent', 'instructions', ''],
  ['Agent', 'name', 5],
  ['Agent', 'tools', handler()],
  ['Agent', 'handoffs', {}],
  ['Agent', 'intercept', [() => 1]],
  ['Agent', 'context', { most: 5 }],
  ['Agent', 'model', 'server'],
  ['Agent', 'model', []],
  ['Agent', 'temperature', 'hot'],
  ['Agent', 'modelPreferences', 'fast'],
  ['Agent', 'budget', '5'],
];

describe('an option', () => {
  it.each(WRONG)('of @%s that cannot be used is told of: %s %p', (kind, option, value) => {
    const mistakes = mistakesOf(declaredWith(kind, { ...KINDS[kind].good, [option]: value }));
    expect(mistakes.map(({ code }) => code)).toEqual(['INVALID_DECLARATION']);
    expect(mistakes[0]?.message).toMatch(
      new RegExp(`^@${kind} on Handler\\S* has ${option} .+\\. Let ${option} be .+\\.$`),
    );
  });

  it.each(Object.keys(KINDS) as Kind[])('that @%s does not have is told of, with those that it has', (kind) => {
    const [mistake, ...others] = mistakesOf(declaredWith(kind, { ...KINDS[kind].good, inputSchema: {} }));
    expect([mistake?.code, others]).toEqual(['UNKNOWN_OPTION', []]);
    expect(mistake?.message).toMatch(
      new RegExp(`@${kind} on Handler.*"inputSchema".*\\(there are name, .*description`),
    );
  });

  it.each(Object.keys(KINDS) as Kind[])('of @%s may be left undefined', (kind) => {
    expect(mistakesOf(declaredWith(kind, { ...KINDS[kind].good, title: undefined, unheard: undefined }))).toEqual([]);
  });

  it('is told of together with every other mistake of the same declaration', () => {
    const options = { name: 'not legal', title: 5, ttl: '31d', scopes: 'a', description: 'Does it.', retries: 3 };
    expect(mistakesOf(declaredWith('Task', options)).map(({ code }) => code)).toEqual(
      expect.arrayContaining([
        'ILLEGAL_NAME',
        'INVALID_DECLARATION',
        'INVALID_DECLARATION',
        'INVALID_TASK',
        'UNKNOWN_OPTION',
      ]),
    );
  });

  it.each([
    ['uri', new URL('config://app')],
    ['uri', 5],
  ])('uri is text: %s %p', (option, value) => {
    expect(mistakesOf(declaredWith('Resource', { name: 'one', [option]: value }))).toMatchObject([
      { code: 'ILLEGAL_URI', message: expect.stringContaining('is no text') },
    ]);
  });

  it('uriTemplate is text', () => {
    expect(mistakesOf(declaredWith('Resource', { name: 'one', uriTemplate: 5 }))).toMatchObject([
      { code: 'ILLEGAL_URI_TEMPLATE', message: expect.stringContaining('is no text') },
    ]);
  });

  it('of a budget is a limit that there is', () => {
    expect(mistakesOf(declaredWith('Agent', { instructions: 'Be careful.', budget: { minutes: 5 } }))).toMatchObject([
      {
        code: 'INVALID_AGENT',
        message: expect.stringMatching(/budget\.minutes.*turns, toolCalls, tokens, cost, time/),
      },
    ]);
    expect(mistakesOf(declaredWith('Task', { ...KINDS.Task.good, budget: { turn: 5 } }))).toMatchObject([
      { code: 'INVALID_TASK', message: expect.stringContaining('budget.turn ') },
    ]);
  });
});

describe('a decorator', () => {
  it.each(Object.keys(KINDS) as Kind[])('@%s needs options', (kind) => {
    expect(mistakesOf(declaredWith(kind, undefined))).toMatchObject([
      { code: 'NO_OPTIONS', message: expect.stringMatching(new RegExp(`^@${kind} on Handler.* Write @${kind}\\(`)) },
    ]);
  });

  it.each([
    ...(Object.keys(KINDS) as Kind[]).map((kind) => [kind, KINDS[kind].decorate] as const),
    ['Injectable', Injectable as Loose] as const,
  ])('@%s says so where it stands without parentheses, on a class and on a method', (name, decorate) => {
    const target = handler();
    const called = (place: string) =>
      expect.objectContaining({
        code: 'DECORATOR_NOT_CALLED',
        message: expect.stringMatching(new RegExp(`^@${name} stands on ${place} .*Write @${name}\\(\\)`)) as string,
      });
    expect(() => decorate(target)).toThrow(called('Handler'));
    expect(() => decorate(target.prototype)).toThrow(called('a member of Handler'));
  });
});

it('the name of an agent that others call or hand over to is one that a tool may have', () => {
  @Agent({ instructions: 'Write.', description: 'Writes.', name: 'Ada Lovelace' })
  class Writer {}
  @Agent({ instructions: 'Lead.', handoffs: [Writer], tools: [Writer] })
  class Lead {}
  expect(mistakesOf(Lead)).toMatchObject([
    { code: 'INVALID_AGENT', message: expect.stringMatching(/Writer is given name "Ada Lovelace"/) },
  ]);
  expect(mistakesOf(Writer)).toEqual([]);
});
