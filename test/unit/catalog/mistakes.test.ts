import { IsArray, IsInt, IsString, Matches } from 'class-validator';
import { z } from 'zod';
import { buildCatalog } from '../../../framework/catalog/build-catalog.js';
import { Agent } from '../../../framework/decorators/agent.js';
import { Inject, Injectable } from '../../../framework/decorators/injectable.js';
import { Prompt } from '../../../framework/decorators/prompt.js';
import { Resource } from '../../../framework/decorators/resource.js';
import { Task } from '../../../framework/decorators/task.js';
import { Tool } from '../../../framework/decorators/tool.js';
import type { BootError, ErrorCode } from '../../../framework/errors.js';
import type { Class } from '../../../framework/metadata/class.js';
import type { TaskOptions } from '../../../framework/metadata/options.js';

function mistakesOf(...use: readonly unknown[]): BootError['mistakes'] {
  try {
    buildCatalog(use as Class[]);
  } catch (error) {
    expect(error).toMatchObject({ name: 'BootError' });
    return (error as BootError).mistakes;
  }
  return [];
}

/** That there is one mistake, with this code, and that its message names all of these. */
function expectOne(use: readonly unknown[], code: ErrorCode, ...named: readonly string[]): void {
  const mistakes = mistakesOf(...use);
  expect(mistakes.map((mistake) => mistake.code)).toEqual([code]);
  for (const name of named) expect(mistakes[0]?.message).toContain(name);
  // Every sentence ends with the fix, and a fix is a whole sentence.
  expect(mistakes[0]?.message).toMatch(/\.$/);
}

const about = { name: 'tool', description: 'A tool.' };
interface Erased {
  readonly size: number;
}
class Dependency {}

@Tool(about)
class Plain {
  call() {}
}

/** Applies a class decorator by hand, past the types that would refuse it. */
function decorated(decorator: unknown, target: Class): Class {
  (decorator as (target: Class) => void)(target);
  return target;
}

function taskWith(options: Partial<TaskOptions>): Class {
  class Slow {
    call() {}
  }
  return decorated(Task({ ...about, ...options }), Slow);
}

describe('names', () => {
  // Spec: tools.name-unique
  it('are told of when two tools share one, a task being a tool too', () => {
    @Task(about)
    class Other {
      call() {}
    }
    expectOne([Plain, Other], 'DUPLICATE_NAME', '"tool"', 'Plain.call', 'Other.call', 'Rename one');
  });

  it('are told of when two prompts or two resources share one', () => {
    class Twins {
      @Prompt(about) one() {
        return '';
      }
      @Prompt(about) two() {
        return '';
      }
      @Resource({ name: 'same', uri: 'a://1' }) three() {
        return '';
      }
      @Resource({ name: 'same', uriTemplate: 'b://{x}' }) four() {
        return '';
      }
    }
    const mistakes = mistakesOf(Twins);
    expect(mistakes.map(({ code }) => code)).toEqual(['DUPLICATE_NAME', 'DUPLICATE_NAME']);
    expect(mistakes[0]?.message).toMatch(/prompts .*Twins\.one and Twins\.two/);
    expect(mistakes[1]?.message).toMatch(/resources .*Twins\.three and Twins\.four/);
  });

  it('may be the same for a tool, a prompt and a resource', () => {
    class Same {
      @Tool(about) tool() {}
      @Prompt(about) prompt() {
        return '';
      }
      @Resource({ name: 'tool', uri: 'a://1' }) resource() {
        return '';
      }
    }
    expect(mistakesOf(Same)).toEqual([]);
  });

  // Spec: tools.name-length, tools.name-characters, tools.name-spaces
  it.each(['', 'with space', 'a/b', 'naïve', 'a'.repeat(129), '__proto__', 'constructor', 'prototype', 'a\n'])(
    'are told of when illegal: %j',
    (name) => {
      class Badly {
        @Tool({ ...about, name }) named() {}
      }
      expectOne([Badly], 'ILLEGAL_NAME', 'Badly.named', JSON.stringify(name), 'Use 1 to 128 characters');
    },
  );

  // Spec: tools.name-length, tools.name-characters, tools.name-case
  it.each(['a', 'getUser', 'DATA_EXPORT_v2', 'admin.tools-list', 'toString', 'a'.repeat(128)])('may be %s', (name) => {
    class Well {
      @Tool({ ...about, name }) named() {}
    }
    expect(mistakesOf(Well)).toEqual([]);
  });
});

describe('the list of classes', () => {
  it('is told of a class that declares nothing', () => {
    expectOne([Dependency], 'NO_DECLARATIONS', 'Dependency', 'Put @Tool');
  });

  it('is told that decorators are not inherited', () => {
    class Heir extends Plain {}
    expectOne([Heir], 'NO_DECLARATIONS', 'Heir', 'Plain are not inherited');
  });

  it('is told once of what is wrong with a class that is met in two places', () => {
    class Undecorated {
      constructor(readonly dependency: Dependency) {}
    }
    @Agent({ instructions: 'Be careful.', tools: [Undecorated, Undecorated] })
    class Careless {}
    const codes = mistakesOf(Careless, Undecorated, Undecorated, Undecorated).map(({ code }) => code);
    expect(codes.filter((code) => code === 'DUPLICATE_CLASS')).toHaveLength(2);
    expect(codes.filter((code) => code === 'NOT_INJECTABLE')).toHaveLength(1);
  });

  it('is told of a class that is there twice', () => {
    expectOne([Plain, Plain], 'DUPLICATE_CLASS', 'Plain', 'createApp({ use })');
  });

  it.each([
    [undefined, 'undefined'],
    [null, 'null'],
    [{}, 'object'],
    [() => 1, 'a function'],
  ])('is told that %p is no class', (item, named) => {
    expectOne([Plain, item], 'NOT_A_CLASS', 'Item #1', 'createApp({ use })', named, 'import cycle');
  });
});

describe('handlers', () => {
  it.each([
    [Tool(about), 'Tool', 'call'],
    [Task(about), 'Task', 'call'],
    [Resource({ name: 'r', uri: 'a://b' }), 'Resource', 'read'],
    [Prompt(about), 'Prompt', 'get'],
  ])('are missed: %#', (decorator, name, member) => {
    class Empty {}
    expectOne([decorated(decorator, Empty)], 'NO_HANDLER', `@${name}`, 'Empty', `Write the method ${member}()`);
  });

  it('are methods, not getters or inherited members of Object', () => {
    class Getter {
      get call(): never {
        throw new Error('The getter ran.');
      }
    }
    expectOne([decorated(Tool(about), Getter)], 'NO_HANDLER', 'Getter', 'call');
  });

  it('are no generators, which would be returned and never run', () => {
    class Streams {
      @Tool({ ...about, name: 'slow' }) async *slow() {}
      @Tool({ ...about, name: 'quick' }) *quick() {}
    }
    const mistakes = mistakesOf(Streams);
    expect(mistakes.map(({ code }) => code)).toEqual(['GENERATOR_HANDLER', 'GENERATOR_HANDLER']);
    expect(mistakes[0]?.message).toMatch(/Streams\.slow.*ctx\.progress\(\)\.$/);
  });

  it('are not static', () => {
    class Static {
      @Tool(about) static run() {}
    }
    expectOne([Static], 'STATIC_HANDLER', '@Tool', 'Static.run', 'Remove "static"');
  });
});

describe('constructors', () => {
  it('name the parameter whose type is gone', () => {
    @Tool(about)
    class Erasing {
      constructor(
        readonly dependency: Dependency,
        readonly erased: Erased,
      ) {}
      call() {}
    }
    expectOne([Erasing], 'ERASED_DEPENDENCY', 'Parameter #1', 'Erasing', '@Inject(TOKEN)');
  });

  it('name the parameter that is a plain value', () => {
    @Tool(about)
    class Plainly {
      constructor(readonly folder: string) {}
      call() {}
    }
    expectOne([Plainly], 'VALUE_DEPENDENCY', 'Parameter #0', 'Plainly', 'String', '@Inject(TOKEN)');
  });

  it('are right when a token says what is meant', () => {
    @Tool(about)
    class Injected {
      constructor(
        @Inject('folder') readonly folder: string,
        readonly dependency: Dependency,
        @Inject(Dependency) readonly same: Erased,
      ) {}
      call() {}
    }
    expect(mistakesOf(Injected)).toEqual([]);
  });

  it('are told of where the compiler writes no metadata', () => {
    // What esbuild, tsx and type stripping leave: decorators are applied, design:paramtypes never is.
    class Stripped {
      constructor(readonly dependency: Dependency) {}
      call() {}
    }
    expectOne([decorated(Tool(about), Stripped)], 'NO_DECORATOR_METADATA', 'Stripped', '@swc-node/register');
  });

  it('are told of where only methods are decorated', () => {
    class Methods {
      constructor(readonly dependency: Dependency) {}
      @Tool(about) run() {}
    }
    expectOne([Methods], 'NOT_INJECTABLE', 'Methods', 'Add @Injectable()');
  });

  it('are told of where the compiler writes no metadata, though @Injectable asks for it', () => {
    class Stripped {
      constructor(readonly dependency: Dependency) {}
      call() {}
    }
    // The decorators as esbuild calls them: without the metadata decorators that tsc adds to the list.
    const descriptor = Object.getOwnPropertyDescriptor(Stripped.prototype, 'call');
    Tool(about)(Stripped.prototype, 'call', descriptor as never);
    expectOne([decorated(Injectable(), Stripped)], 'NO_DECORATOR_METADATA', 'Stripped', 'emitDecoratorMetadata');
  });

  it('are known with @Injectable', () => {
    @Injectable()
    class Known {
      constructor(readonly dependency: Dependency) {}
      @Tool(about) run() {}
    }
    expect(mistakesOf(Known)).toEqual([]);
  });
});

describe('resources', () => {
  const resource = (options: unknown): Class => {
    class Files {
      read() {
        return '';
      }
    }
    return decorated(Resource(options as never), Files);
  };

  it('have one of uri and uriTemplate', () => {
    expectOne([resource({ name: 'r' })], 'URI_OR_TEMPLATE', 'Files.read', 'neither');
    expectOne([resource({ name: 'r', uri: 'a://b', uriTemplate: 'a://{b}' })], 'URI_OR_TEMPLATE', 'Files.read', 'both');
  });

  // Spec: resources.uri-syntax
  it.each(['', 'relative', '/etc/passwd', 'a://b c', 'a://{id}', `a://${'b'.repeat(2048)}`])(
    'have no uri such as %.20j',
    (uri) => {
      expectOne([resource({ name: 'r', uri })], 'ILLEGAL_URI', 'Files.read', 'Write an absolute URI');
    },
  );

  // Spec: resources.uri-syntax
  it.each(['a://{id', 'a://{list*}', 'a://{a}{b}', 'a://b'])('have no template such as %s', (uriTemplate) => {
    expectOne(
      [resource({ name: 'r', uriTemplate })],
      'ILLEGAL_URI_TEMPLATE',
      'Files.read',
      uriTemplate,
      'Write an RFC',
    );
  });

  it('do not share a fixed URI', () => {
    class Twice {
      @Resource({ name: 'a', uri: 'a://b' }) one() {
        return '';
      }
      @Resource({ name: 'b', uri: 'a://b' }) two() {
        return '';
      }
    }
    expectOne([Twice], 'DUPLICATE_URI', 'a://b', 'Twice.one', 'Twice.two');
  });

  it('have no overlapping templates', () => {
    class Twice {
      @Resource({ name: 'a', uriTemplate: 'repo://{owner}/settings' }) one() {
        return '';
      }
      @Resource({ name: 'b', uriTemplate: 'repo://me/{page}' }) two() {
        return '';
      }
    }
    expectOne([Twice], 'OVERLAPPING_TEMPLATES', 'Twice.one', 'Twice.two', '"repo://me/settings"');
  });

  it('complete nothing but their variables', () => {
    const complete = { key: () => [] };
    expectOne(
      [resource({ name: 'r', uriTemplate: 'a://{id}', complete })],
      'UNKNOWN_COMPLETION',
      'Files.read',
      '"key"',
      'it takes "id"',
    );
    expectOne([resource({ name: 'r', uri: 'a://id', complete })], 'UNKNOWN_COMPLETION', 'Files.read', '"key"');
  });
});

describe('prompts', () => {
  const prompt = (options: object): Class => {
    class Ask {
      get() {
        return '';
      }
    }
    return decorated(Prompt({ ...about, ...options }), Ask);
  };

  it('have arguments that are strings', () => {
    class Nested {
      @IsString() fine!: string;
      @IsInt() count!: number;
      @IsArray() @IsString({ each: true }) list!: string[];
    }
    const mistakes = mistakesOf(prompt({ input: Nested }));
    expect(mistakes.map(({ code }) => code)).toEqual(['PROMPT_ARGUMENT', 'PROMPT_ARGUMENT']);
    expect(mistakes[0]?.message).toMatch(/"count" of the prompt Ask\.get .* Make it a string/);
    expect(mistakes[1]?.message).toContain('"list"');
  });

  it('complete nothing but their arguments', () => {
    class Known {
      @IsString() topic!: string;
    }
    expectOne([prompt({ input: Known, complete: { topics: () => [] } })], 'UNKNOWN_COMPLETION', 'Ask.get', '"topics"');
    expectOne([prompt({ complete: { topics: () => [] } })], 'UNKNOWN_COMPLETION', 'Ask.get', '"topics"');
  });
});

describe('tasks', () => {
  it.each<[Partial<TaskOptions>, string, string]>([
    [{ ttl: '31d' }, 'ttl', '30d'],
    [{ ttl: 0 }, 'ttl', 'more than 0'],
    [{ ttl: '1m', timeout: '2m' }, 'timeout', 'at most the ttl (1m)'],
    [{ timeout: 0 }, 'timeout', 'more than 0'],
    [{ ttl: '1m', pollInterval: '2m' }, 'pollInterval', 'at most the ttl (1m)'],
    [{ pollInterval: 0 }, 'pollInterval', 'more than 0'],
    [{ attempts: 0 }, 'attempts', 'at least 1'],
    [{ attempts: 1.5 }, 'attempts', 'an integer'],
    [{ attempts: NaN }, 'attempts', 'an integer'],
    [{ concurrency: 0 }, 'concurrency', 'at least 1'],
    [{ concurrency: Infinity }, 'concurrency', 'an integer'],
    [{ priority: 0 }, 'priority', 'an integer from 1 to 1000'],
    [{ priority: 1001 }, 'priority', 'an integer from 1 to 1000'],
    [{ ttl: '1m', stepTimeout: '2m' }, 'stepTimeout', 'at most the ttl (1m)'],
    [{ resultTtl: '31d' }, 'resultTtl', '30d'],
    [{ ttl: '1m', hold: '2m' }, 'hold', 'at most the ttl (1m)'],
    [{ queue: 'two words' }, 'queue', 'A-Z a-z 0-9'],
    [{ onChange: 'ignore' as 'fail' }, 'onChange', "'continue' or 'fail'"],
    [{ idempotencyKey: 'id' as never }, 'idempotencyKey', 'a function'],
    [{ backoff: [] as never }, 'backoff', 'at least one length of time'],
    [{ backoff: ['1s', '2d'] }, 'backoff', '24h'],
    [{ backoff: { max: '2d' } }, 'backoff', '24h'],
    [{ backoff: { factor: 0.5 } }, 'backoff.factor', 'at least 1'],
    [{ schedule: { owner: 'x' } }, 'schedule', 'one of the two'],
    [{ schedule: { owner: 'x', cron: '* * * * *', every: '1h' } }, 'schedule', 'one of the two'],
    [{ schedule: { owner: '', every: '1h' } }, 'schedule.owner', 'characters'],
    [{ schedule: { owner: 'x', every: 999 } }, 'schedule.every', "at least '1s'"],
    [{ schedule: { owner: 'x', every: '1h', input: { extra: 1 } } }, 'schedule.input', 'valid input'],
    [{ schedule: { owner: 'x', every: '1h', timeZone: 'UTC' } }, 'schedule.timeZone', 'left out'],
    ...['Europe/Atlantis', '+02:00', ''].map((timeZone): [Partial<TaskOptions>, string, string] => [
      { schedule: { owner: 'x', cron: '0 6 * * *', timeZone } },
      'schedule.timeZone',
      'IANA',
    ]),
    ...[
      '* * * *',
      '60 * * * *',
      '* 24 * * *',
      '* * 0 * *',
      '* * * 13 *',
      '* * * * 8',
      '*/0 * * * *',
      '*-3 * * * *',
      'a b c d e',
    ].map((cron): [Partial<TaskOptions>, string, string] => [
      { schedule: { owner: 'x', cron } },
      'schedule.cron',
      'cron fields',
    ]),
  ])('cannot hold %p', (options, setting, rule) => {
    expectOne([taskWith(options)], 'INVALID_TASK', 'Slow.call', setting, rule);
  });

  it.each([{ ttl: 'tomorrow' }, { timeout: '-1s' }, { pollInterval: '5 s' }, { backoff: ['soon'] }])(
    'have no length of time %p',
    (options) => {
      const [setting = ''] = Object.keys(options);
      expectOne([taskWith(options as Partial<TaskOptions>)], 'INVALID_DURATION', 'Slow.call', setting);
    },
  );
});

describe('agents', () => {
  it.each([
    ['maxTurns', 0],
    ['maxTurns', 1.5],
    ['maxTokens', -1],
    ['concurrency', 0],
  ])('cannot have %s %p', (setting, value) => {
    @Agent({ instructions: 'Be careful.', [setting]: value })
    class Careful {}
    expectOne([Careful], 'INVALID_AGENT', 'Careful', setting, String(value));
  });

  it('name tools that have some', () => {
    @Agent({ instructions: 'Be careful.', tools: [Plain, Dependency] })
    class Careful {}
    expectOne([Careful], 'AGENT_TOOL_WITHOUT_TOOLS', 'Careful', 'Dependency', '@Tool');
  });

  it('name classes, each once', () => {
    @Agent({ instructions: 'Be careful.', tools: [Plain, Plain, undefined as never] })
    class Careful {}
    const mistakes = mistakesOf(Careful);
    expect(mistakes.map(({ code }) => code)).toEqual(['DUPLICATE_CLASS', 'NOT_A_CLASS']);
    for (const { message } of mistakes) expect(message).toContain('the tools of Careful');
  });

  it('have tools with different names', () => {
    @Tool(about)
    class Other {
      call() {}
    }
    @Agent({ instructions: 'Be careful.', tools: [Plain, Other] })
    class Careful {}
    expectOne([Careful], 'DUPLICATE_AGENT_TOOL', 'Careful', '"tool"', 'Plain.call', 'Other.call');
  });

  it('are told of the mistakes of tools that only they name, once', () => {
    class Hidden {
      @Tool({ ...about, name: 'not legal' }) run() {}
    }
    @Agent({ instructions: 'Be careful.', tools: [Hidden] })
    class One {}
    @Agent({ instructions: 'Be careful.', tools: [Hidden] })
    class Two {}
    expectOne([One, Two], 'ILLEGAL_NAME', 'Hidden.run');
  });
});

describe('shapes', () => {
  it('have their mistakes told with the place, once for all who share them', () => {
    class Hostile {
      @Matches(/^(a+)+$/) text!: string;
    }
    class Uses {
      @Tool({ ...about, name: 'one', input: Hostile }) one(_: Hostile) {}
      @Tool({ ...about, name: 'two', input: Hostile }) two(_: Hostile) {}
    }
    expectOne([Uses], 'UNSAFE_PATTERN', 'The input of Uses.one', 'Hostile.text');
  });

  it('are objects where they are inputs', () => {
    class Uses {
      @Tool({ ...about, input: z.string() }) one(_: string) {}
    }
    expectOne([Uses], 'INPUT_NOT_OBJECT', 'Uses.one');
  });
});

it('tells all mistakes of an app at once', () => {
  class Static {
    @Tool({ ...about, name: 'a b' }) static run() {}
  }
  @Agent({ instructions: 'Be careful.', maxTurns: 0 })
  class Careful {}
  const codes = mistakesOf(Static, Careful, taskWith({ ttl: '31d', attempts: 0 }), Dependency, Plain).map(
    ({ code }) => code,
  );
  expect([...codes].sort()).toEqual(
    (
      [
        'DUPLICATE_NAME',
        'ILLEGAL_NAME',
        'INVALID_AGENT',
        'INVALID_TASK',
        'INVALID_TASK',
        'NO_DECLARATIONS',
        'STATIC_HANDLER',
      ] as const
    ).toSorted(),
  );
});
