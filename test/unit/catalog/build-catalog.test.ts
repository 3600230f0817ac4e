import { PromptSchema, ResourceSchema, ResourceTemplateSchema, ToolSchema } from '@modelcontextprotocol/core';
import { IsIn, IsInt, IsOptional, IsString, Max, Min } from 'class-validator';
import { z } from 'zod';
import { buildCatalog } from '../../../framework/catalog/build-catalog.js';
import { Agent } from '../../../framework/decorators/agent.js';
import { Prompt } from '../../../framework/decorators/prompt.js';
import { Description, Title } from '../../../framework/decorators/properties.js';
import { Resource } from '../../../framework/decorators/resource.js';
import { Task } from '../../../framework/decorators/task.js';
import { Tool } from '../../../framework/decorators/tool.js';

const ANYBODY = { owner: 'anybody', scopes: [] };

class Query {
  @IsString() @Title('Words') @Description('Words to look for') text!: string;
  @IsInt() @Min(1) @Max(50) @IsOptional() limit = 10;
}
class Count {
  @IsInt() count!: number;
}
class Request {
  @IsString() @Description('What to ask') question!: string;
  @IsIn(['short', 'long']) @IsOptional() size?: string;
}

const icons = [{ src: 'https://example.org/icon.png', mimeType: 'image/png' }];
const everything = { title: 'Shown', description: 'Does it.', icons, _meta: { 'example.org/team': 'search' } };

@Tool({ ...everything, name: 'search', input: Query, output: Count, annotations: { readOnlyHint: true } })
class Search {
  call({ text }: Query) {
    return { count: text.length };
  }
}

@Tool({ name: 'ping', description: 'Answers.' })
class Ping {
  call() {
    return 'pong';
  }
}

@Task({ name: 'research', description: 'Answers at length.', input: z.object({ question: z.string() }) })
class Research {
  call({ question }: { question: string }) {
    return question;
  }
}

class Library {
  @Resource({ ...everything, name: 'index', uri: 'library://index', mimeType: 'text/plain', size: 12 })
  index() {
    return 'a, b and c';
  }

  @Resource({ ...everything, name: 'book', uriTemplate: 'library://books/{id}', complete: { id: () => ['a', 'b'] } })
  book({ id }: { id: string }) {
    return id;
  }

  @Prompt({ ...everything, name: 'ask', input: Request, complete: { question: (value) => [`${value}?`] } })
  ask({ question }: Request) {
    return question;
  }

  @Prompt({ name: 'hello', description: 'Says hello.' })
  hello() {
    return 'Hello';
  }

  @Tool({ name: 'borrow', description: 'Borrows a book.' })
  borrow() {
    return 'borrowed';
  }
}

class Notes {
  @Tool({ name: 'note', description: 'Notes something down.' })
  note() {}
}

@Agent({ instructions: 'Be careful.', tools: [Search, Notes], temperature: 0 })
class Librarian {}

describe('a catalog', () => {
  const catalog = buildCatalog([Search, Research, Library, Librarian, Ping]);

  it('keeps the order of the classes, and of the decorators in a class', () => {
    expect([...catalog.tools.keys()]).toEqual(['search', 'research', 'borrow', 'ping']);
    expect([...catalog.prompts.keys()]).toEqual(['ask', 'hello']);
    expect([...catalog.resources.keys()]).toEqual(['library://index']);
    expect(catalog.templates.map(({ name }) => name)).toEqual(['book']);
    expect([...catalog.agents.keys()]).toEqual([Librarian]);
  });

  it('says which method of which class serves a call', () => {
    expect(catalog.tools.get('search')).toMatchObject({ kind: 'tool', target: Search, member: 'call' });
    expect(catalog.tools.get('borrow')).toMatchObject({ kind: 'tool', target: Library, member: 'borrow' });
    expect(catalog.resources.get('library://index')).toMatchObject({ target: Library, member: 'index' });
    expect(catalog.prompts.get('ask')).toMatchObject({ target: Library, member: 'ask' });
  });

  // Spec: schemas.valid
  it('defines everything as the official schemas have it', () => {
    for (const { definition } of catalog.tools.values()) expect(ToolSchema.parse(definition)).toEqual(definition);
    for (const { definition } of catalog.prompts.values()) expect(PromptSchema.parse(definition)).toEqual(definition);
    for (const { definition } of catalog.resources.values())
      expect(ResourceSchema.parse(definition)).toEqual(definition);
    for (const { definition } of catalog.templates)
      expect(ResourceTemplateSchema.parse(definition)).toEqual(definition);
  });

  it('defines a tool with all that its decorator says', () => {
    expect(catalog.tools.get('search')?.definition).toEqual({
      ...everything,
      name: 'search',
      annotations: { readOnlyHint: true },
      inputSchema: catalog.tools.get('search')?.input.json,
      outputSchema: catalog.tools.get('search')?.output?.json,
    });
    expect(catalog.tools.get('search')?.definition.inputSchema).toMatchObject({
      type: 'object',
      required: ['text'],
      properties: { text: { type: 'string', description: 'Words to look for' }, limit: { default: 10 } },
    });
  });

  // Spec: tools.input-schema
  it('lets a tool without input take nothing', async () => {
    const ping = catalog.tools.get('ping');
    expect(ping?.definition.inputSchema).toEqual({ type: 'object', additionalProperties: false });
    expect(await ping?.input.validate({})).toEqual({ ok: true, value: {} });
    expect(await ping?.input.validate({ a: 1 })).toMatchObject({ ok: false });
    expect(await ping?.input.validate([])).toMatchObject({ ok: false });
  });

  it('defines a resource and a template', () => {
    expect(catalog.resources.get('library://index')?.definition).toEqual({
      ...everything,
      name: 'index',
      uri: 'library://index',
      mimeType: 'text/plain',
      size: 12,
    });
    const [book] = catalog.templates;
    expect(book?.definition).toEqual({ ...everything, name: 'book', uriTemplate: 'library://books/{id}' });
    expect(book?.match('library://books/7')).toEqual({ id: '7' });
    expect(book?.match('library://shelves/7')).toBeUndefined();
    expect(book?.complete.id?.('', {}, ANYBODY)).toEqual(['a', 'b']);
  });

  it("reads a prompt's arguments from its input", () => {
    expect(catalog.prompts.get('ask')?.definition.arguments).toEqual([
      { name: 'question', description: 'What to ask', required: true },
      { name: 'size', required: false },
    ]);
    expect(catalog.prompts.get('hello')?.definition).toEqual({ name: 'hello', description: 'Says hello.' });
  });

  it('completes an enumerated argument by itself, and others as told', () => {
    const complete = catalog.prompts.get('ask')?.complete;
    expect(complete?.size?.('', {}, ANYBODY)).toEqual(['short', 'long']);
    expect(complete?.size?.('L', {}, ANYBODY)).toEqual(['long']);
    expect(complete?.question?.('Why', {}, ANYBODY)).toEqual(['Why?']);
  });

  it('fills in what a task leaves open', () => {
    expect(catalog.tools.get('research')?.task).toEqual({
      ttl: 86_400_000,
      pollInterval: 1000,
      attempts: 1,
      timeout: 86_400_000,
      concurrency: 10,
      support: 'optional',
      priority: 100,
      queue: 'default',
      onChange: 'fail',
      attached: false,
    });
    expect(catalog.tools.get('search')?.task).toBeUndefined();
  });

  it('reads what a task asks for', () => {
    const idempotencyKey = ({ day }: { day: string }) => day;
    const schedule = {
      ...{ cron: '0 6 * jan-mar mon,5', timeZone: 'Europe/Berlin' },
      ...{ input: { day: 'today' }, owner: 'nightly' },
    };
    @Task({
      ...{
        name: 'nightly',
        description: 'Nightly.',
        input: z.object({ day: z.string() }),
        queue: 'reports',
        priority: 1,
      },
      ...{
        backoff: { base: '2s', factor: 3, max: '10s' },
        stepTimeout: '5s',
        resultTtl: '2d',
        hold: 0,
        idempotencyKey,
      },
      ...{ onChange: 'continue' as const, schedule },
    })
    class Nightly {
      call() {}
    }
    const task = buildCatalog([Nightly]).tools.get('nightly')?.task;
    expect(task).toMatchObject({
      ...{ queue: 'reports', priority: 1, stepTimeout: 5000, resultTtl: 172_800_000, hold: 0, onChange: 'continue' },
      ...{ idempotencyKey, schedule },
    });
    expect([1, 2, 3, 9].map((attempt) => task?.backoff?.(attempt))).toEqual([2000, 6000, 10_000, 10_000]);
  });

  it('waits as long as a list says before each attempt, and then as long as its last', () => {
    @Task({ name: 'listed', description: 'Listed.', backoff: ['1s', '1m', 5], schedule: { every: '1h', owner: 'x' } })
    class Listed {
      call() {}
    }
    const task = buildCatalog([Listed]).tools.get('listed')?.task;
    expect([1, 2, 3, 4].map((attempt) => task?.backoff?.(attempt))).toEqual([1000, 60_000, 5, 5]);
    expect(task?.schedule).toEqual({ every: 3_600_000, owner: 'x', input: {} });
  });

  it('polls a short task no later than it ends', () => {
    @Task({ name: 'short', description: 'Short.', ttl: '500ms', attempts: 2, support: 'required' })
    class Short {
      call() {}
    }
    expect(buildCatalog([Short]).tools.get('short')?.task).toMatchObject({
      ttl: 500,
      pollInterval: 500,
      timeout: 500,
      attempts: 2,
      support: 'required',
    });
  });

  it('fills in what an agent leaves open', () => {
    expect(catalog.agents.get(Librarian)).toMatchObject({
      name: 'Librarian',
      target: Librarian,
      options: { instructions: 'Be careful.', maxTurns: 10, maxTokens: 4096, concurrency: 8, temperature: 0 },
    });
  });

  it('gives an agent the very tools of the catalog, and keeps those that only it names out of the list', () => {
    const tools = catalog.agents.get(Librarian)?.tools;
    expect([...(tools?.keys() ?? [])]).toEqual(['search', 'note']);
    expect(tools?.get('search')).toBe(catalog.tools.get('search'));
    expect(catalog.tools.has('note')).toBe(false);
  });

  it('does not change when the options of a decorator do', () => {
    const options = { name: 'fixed', description: 'Before.', annotations: { title: 'Before' } };
    @Tool(options)
    class Fixed {
      call() {}
    }
    const { definition } = buildCatalog([Fixed]).tools.get('fixed') ?? {};
    options.annotations.title = 'After';
    expect(definition?.annotations?.title).toBe('Before');
    expect(() => Object.assign(definition?.annotations ?? {}, { title: 'After' })).toThrow(TypeError);
  });

  it('lets a fixed resource be a special case of a template', () => {
    class Both {
      @Resource({ name: 'one', uri: 'both://one' })
      one() {
        return '1';
      }
      @Resource({ name: 'any', uriTemplate: 'both://{name}' })
      any({ name }: { name: string }) {
        return name;
      }
    }
    expect(buildCatalog([Both]).resources.get('both://one')?.member).toBe('one');
  });

  it('takes a handler that a class inherits', () => {
    class Base {
      call() {
        return 'inherited';
      }
    }
    @Tool({ name: 'inheriting', description: 'Inherits.' })
    class Inheriting extends Base {}
    expect(buildCatalog([Inheriting]).tools.has('inheriting')).toBe(true);
  });

  it('is empty for no classes', () => {
    expect(buildCatalog([]).tools.size).toBe(0);
  });
});
