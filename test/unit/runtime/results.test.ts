import { IsInt, IsString } from 'class-validator';
import { Prompt } from '../../../framework/decorators/prompt.js';
import { Resource } from '../../../framework/decorators/resource.js';
import { Tool } from '../../../framework/decorators/tool.js';
import { PerduraError, ProtocolError, ToolError } from '../../../framework/errors.js';
import { failureOf, revive } from '../../../framework/runtime/journal/failures.js';
import { boot, siteOf } from './runtime-fixture.js';

class Sum {
  @IsInt() a!: number;
  @IsInt() b!: number;
}

class Total {
  @IsInt() total!: number;
}

class Named {
  @IsString() name!: string;
}

let returned: () => unknown;

class Desk {
  @Tool({ name: 'free', description: 'Returns anything.' })
  free() {
    return returned() as object;
  }

  @Tool({ name: 'shaped', description: 'Returns a total.', output: Total })
  shaped() {
    return returned() as Total;
  }

  @Tool({ name: 'sum', description: 'Adds.', input: Sum })
  sum({ a, b }: Sum) {
    return a + b;
  }

  @Resource({ name: 'page', uriTemplate: 'page://{id}', mimeType: 'text/markdown' })
  page() {
    return returned() as string;
  }

  @Prompt({ name: 'greet', description: 'Greets.', input: Named })
  greet() {
    return returned() as string;
  }
}

const { catalog, runtime, reports, call } = boot([Desk]);

async function resultOf(name: string, value: () => unknown, args: unknown = {}) {
  returned = value;
  const outcome = await call(name, args, siteOf());
  if (outcome.kind !== 'result') throw new Error(JSON.stringify(outcome));
  return outcome;
}

const text = (value: string) => ({ content: [{ type: 'text', text: value }] });

beforeEach(() => reports.splice(0));

describe('the result of a tool', () => {
  it('is its text, its JSON, or nothing', async () => {
    expect((await resultOf('free', () => 'plain')).result).toEqual(text('plain'));
    expect((await resultOf('free', () => ({ at: new Date(0), none: undefined }))).result).toEqual(
      text('{"at":"1970-01-01T00:00:00.000Z"}'),
    );
    expect((await resultOf('free', () => null)).result).toEqual(text('null'));
    expect((await resultOf('free', () => undefined)).result).toEqual({ content: [] });
    expect((await resultOf('sum', () => 0, { a: 2, b: 3 })).result).toEqual(text('5'));
  });

  it('passes a whole result through', async () => {
    const whole = { content: [{ type: 'image', data: 'AAAA', mimeType: 'image/png' }], _meta: { a: 1 } };
    expect((await resultOf('free', () => whole)).result).toEqual(whole);
  });

  it('takes a value with a content of its own for a value', async () => {
    const page = { content: ['one', 'two'], title: 'Page' };
    expect((await resultOf('free', () => page)).result).toEqual(text(JSON.stringify(page)));
  });

  // Spec: tools.structured-text, tools.output-schema
  it('is structured where an output shape is promised', async () => {
    const { result } = await resultOf('shaped', () => ({ total: 7 }));
    expect(result).toEqual({ ...text('{"total":7}'), structuredContent: { total: 7 } });
  });

  // Spec: tools.output-schema
  it('names nothing of an output that breaks its own shape', async () => {
    const { result, retryable } = await resultOf('shaped', () => ({ total: 'secret' }));
    expect(result).toEqual({ ...text(`Internal error (reference ${reports[0]?.reference})`), isError: true });
    expect(retryable).toBe(true);
    expect(reports[0]?.error).toMatchObject({ code: 'OUTPUT_INVALID' });
  });

  it.each([
    [
      'a cycle',
      () => {
        const loop: Record<string, unknown> = {};
        loop['self'] = loop;
        return loop;
      },
    ],
    ['a BigInt', () => ({ big: 1n })],
    ['a function', () => () => 1],
    ['a Map', () => ({ totals: new Map([['a', 1]]) })],
    ['an error', () => Object.assign(new Error('secret'), { code: 'E' })],
    ['an error inside', () => [{ cause: new TypeError('secret') }]],
    ['a promise', () => ({ rows: Promise.resolve([1]) })],
    ['bytes', () => new Uint8Array(3)],
    ['a broken content block', () => ({ content: [{ type: 'image', data: 'AAAA' }] })],
    ['an isError that is neither true nor false', () => ({ content: [], isError: 'yes' })],
    ['a _meta that is no object', () => ({ content: [{ type: 'text', text: '', _meta: [] }] })],
    [
      'annotations that no client takes',
      () => ({ content: [{ type: 'text', text: '', annotations: { priority: 7 } }] }),
    ],
    ['a link of no size', () => ({ content: [{ type: 'resource_link', uri: 'a://b', name: 'b', size: '5' }] })],
  ])('is an internal error where it has %s', async (_what, value) => {
    const { result } = await resultOf('free', value);
    expect(result.isError).toBe(true);
    expect(reports[0]?.error).toMatchObject({ code: 'RESULT_INVALID' });
  });

  it('has its sets as lists, and what is empty as it is', async () => {
    const value = { tags: new Set(['a', 'b']), none: {}, list: [new Set([{}])] };
    expect((await resultOf('free', () => value)).result).toEqual(text('{"tags":["a","b"],"none":{},"list":[[{}]]}'));
  });

  it('says the limit and the fix where it is too large', async () => {
    const { result, retryable } = await resultOf('free', () => 'é'.repeat(600_000));
    expect(JSON.stringify(result)).toContain('has 1200000 bytes; the limit is 1048576. Ask for less');
    expect(result.isError).toBe(true);
    expect(retryable).toBeUndefined();
  });

  // Spec: tools.sanitise-output
  it('loses control characters in text, structure and whole results', async () => {
    const dirty = 'a\u0007b\u001b[31mc\u009bd\te\n';
    const clean = 'ab[31mcd\te\n';
    expect((await resultOf('free', () => dirty)).result).toEqual(text(clean));
    const whole = (await resultOf('free', () => ({ content: [{ type: 'text', text: dirty }] }))).result;
    expect(whole).toEqual(text(clean));
    expect((await resultOf('free', () => [dirty])).result).toEqual(text(JSON.stringify([clean])));
    returned = () => dirty;
    expect(await runtime.readResource(catalog.templates[0]!, 'page://1', { id: '1' }, siteOf())).toMatchObject({
      result: { contents: [{ text: clean }] },
    });
  });

  // Spec: tools.sanitise-output
  it('has no half of a character, for which clients would refuse the whole message', async () => {
    const cut = '\u{1f600}'.slice(0, 1);
    for (const value of [cut, { content: [{ type: 'text', text: cut }] }]) {
      expect((await resultOf('free', () => value)).result).toEqual(text('\ufffd'));
    }
    const shown = (await resultOf('free', () => ({ [cut]: ['\u{1f600}', `${cut}a`] }))).result;
    expect(shown).toEqual(text('{"\ufffd":["\u{1f600}","\ufffda"]}'));
  });
});

describe('a call that fails', () => {
  it('tells invalid arguments by path and rule, and never the value', async () => {
    const { result } = await resultOf('sum', () => 0, { a: 'hunter2', b: 1 });
    expect(result.isError).toBe(true);
    expect(JSON.stringify(result)).toContain('- a: ');
    expect(JSON.stringify(result)).not.toContain('hunter2');
  });

  // Spec: tools.errors-in-result, tools.sanitise-output
  it('shows the message of a ToolError, and a reference for any other error', async () => {
    const fail = (error: unknown) => () => {
      throw error;
    };
    expect((await resultOf('free', fail(new ToolError('No such book.')))).result).toEqual({
      ...text('No such book.'),
      isError: true,
    });
    const { result } = await resultOf('free', fail(new Error('password=hunter2')));
    expect(JSON.stringify(result)).not.toContain('hunter2');
    expect(JSON.stringify(result)).toContain(`Internal error (reference ${reports[0]?.reference})`);
    expect(reports).toHaveLength(1);
    expect(reports[0]?.error).toMatchObject({ message: 'password=hunter2' });
  });

  it('cuts a message that has no end, whatever kind of call it ends', async () => {
    const endless = `Failed: ${'x'.repeat(3_000_000)}`;
    const { result } = await resultOf('free', () => {
      throw new ToolError(endless);
    });
    expect(result).toEqual({ ...text(`${endless.slice(0, 50_000)} ...`), isError: true });
    const read = await runtime.readResource(catalog.templates[0]!, 'page://1', { id: '1' }, siteOf());
    expect(read).toMatchObject({ kind: 'error', error: { message: `${endless.slice(0, 50_000)} ...` } });
  });

  it('sends a ProtocolError as it is', async () => {
    returned = () => {
      throw new ProtocolError(-32000, 'Busy', { retry: 1 });
    };
    expect(await call('free', {}, siteOf())).toEqual({
      kind: 'error',
      error: { code: -32000, message: 'Busy', data: { retry: 1 } },
    });
  });

  it("hides another library's error of the same name, on a replay too", async () => {
    class Foreign extends Error {
      override readonly name = 'ProtocolError';
      readonly code = -32000;
    }
    const thrown = new Foreign('password=hunter2');
    for (const error of [thrown, revive(failureOf(thrown))]) {
      const { result } = await resultOf('free', () => {
        throw error;
      });
      expect(JSON.stringify(result)).not.toContain('hunter2');
    }
  });

  it("shows nothing of an error of ours that is the author's to see", async () => {
    const { result } = await resultOf('free', () => {
      throw PerduraError.of('NOT_JSON', 'secret-step', '', 'a Map');
    });
    expect(JSON.stringify(result)).not.toContain('secret-step');
  });
});

describe('the result of a resource', () => {
  const read = (value: unknown) => {
    returned = () => value;
    return runtime.readResource(catalog.templates[0]!, 'page://1', { id: '1' }, siteOf());
  };
  const about = { uri: 'page://1', mimeType: 'text/markdown' };

  it('is text, a blob, JSON, or its contents', async () => {
    expect(await read('# One')).toEqual({ kind: 'result', result: { contents: [{ ...about, text: '# One' }] } });
    expect(await read(new Uint8Array([1, 2, 255]))).toEqual({
      kind: 'result',
      result: { contents: [{ ...about, blob: 'AQL/' }] },
    });
    expect(await read({ a: 1 })).toEqual({ kind: 'result', result: { contents: [{ ...about, text: '{"a":1}' }] } });
    const contents = [{ uri: 'page://1/a', text: 'a' }];
    expect(await read({ contents })).toEqual({ kind: 'result', result: { contents } });
  });

  it('is "not found" where there is none', async () => {
    expect(await read(undefined)).toMatchObject({ kind: 'error', error: { code: -32002 } });
  });
});

describe('the result of a prompt', () => {
  const get = (value: unknown, args: unknown = { name: 'Ada' }) => {
    returned = () => value;
    return runtime.getPrompt(catalog.prompts.get('greet')!, args, siteOf());
  };
  const message = (role: string, words: string) => ({ role, content: { type: 'text', text: words } });

  it('is one user message, messages, or a whole result', async () => {
    expect(await get('Hello')).toEqual({
      kind: 'result',
      result: { description: 'Greets.', messages: [message('user', 'Hello')] },
    });
    const messages = [message('user', 'Hi'), message('assistant', 'Ho')];
    expect(await get(messages)).toMatchObject({ result: { messages } });
    expect(await get({ description: 'Mine', messages })).toMatchObject({ result: { description: 'Mine', messages } });
  });

  it('refuses arguments that are not valid with -32602', async () => {
    expect(await get('Hello', { name: 1 })).toMatchObject({ kind: 'error', error: { code: -32602 } });
  });
});
