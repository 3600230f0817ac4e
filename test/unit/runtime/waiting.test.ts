import { IsBoolean } from 'class-validator';
import { PerduraError } from '../../../framework/errors.js';
import { MemoryJournal } from '../../../framework/protocol/features/memory-journal.js';
import type { CallContext } from '../../../framework/runtime/context.js';
import { ElicitationDeclined } from '../../../framework/runtime/asking/elicitation.js';
import type { CreateMessageResult } from '../../../framework/spec.js';
import { until } from '../../fixtures/until.js';
import { bootRun, siteOf, TestInbox } from './runtime-fixture.js';

class Consent {
  @IsBoolean() publish!: boolean;
}

const { run, call, reports } = bootRun();

const yes = () => ({ action: 'accept', content: { publish: true } });
const ask = (ctx: CallContext) => ctx.elicit('Publish?', Consent);
const said = (text: string): CreateMessageResult => ({
  role: 'assistant',
  model: 'test',
  content: { type: 'text', text },
});

beforeEach(() => reports.splice(0));

describe('a call that must wait', () => {
  it('parks once it only waits, and goes on from there when it is run with the answer', async () => {
    const journal = new MemoryJournal();
    let charged = 0;
    const code = async (ctx: CallContext) => {
      const before = await ctx.step('charge', () => ++charged);
      const { publish } = await ask(ctx);
      return [before, publish];
    };
    const inbox = new TestInbox();
    expect(await run(code, siteOf({ journal, inbox }))).toBe('parked');
    expect(inbox.asked).toMatchObject([
      { key: 'elicit#1', request: { method: 'elicitation/create', params: { mode: 'form', message: 'Publish?' } } },
    ]);
    expect(await run(code, siteOf({ journal, inbox: new TestInbox(0, yes) }))).toEqual([1, true]);
    expect(charged).toBe(1);
  });

  it('asks everything that it can ask before it parks', async () => {
    const inbox = new TestInbox();
    const code = (ctx: CallContext) =>
      ctx.all([1, 2, 3], async (_, branch) => {
        await branch.step('prepare', () => new Promise((resolve) => setImmediate(resolve)));
        return ask(branch);
      });
    expect(await run(code, siteOf({ inbox }))).toBe('parked');
    expect(inbox.asked.map(({ key }) => key)).toEqual(['all#1.0/elicit#1', 'all#1.1/elicit#1', 'all#1.2/elicit#1']);
  });

  it('does not park over a branch that works, in a step or in plain code', async () => {
    let release: (() => void) | undefined;
    const work = new Promise<void>((resolve) => (release = resolve));
    const inbox = new TestInbox();
    let parked = false;
    const ended = run(
      (ctx) => ctx.all([0, 1], async (item, branch) => void (await (item === 0 ? ask(branch) : work))),
      siteOf({ inbox }),
    ).finally(() => (parked = true));
    await until(() => inbox.asked.length === 1);
    for (let turn = 0; turn < 5; turn++) await new Promise((resolve) => setImmediate(resolve));
    expect(parked).toBe(false);
    release?.();
    expect(await ended).toBe('parked');
  });

  it('does nothing any more once it has parked, whatever comes later', async () => {
    const journal = new MemoryJournal();
    let answer: ((value: Record<string, unknown>) => void) | undefined;
    const inbox = new TestInbox(0, () => new Promise((resolve) => (answer = resolve)));
    const ran: string[] = [];
    const code = async (ctx: CallContext) => {
      try {
        await ask(ctx);
        await ctx.step('late', () => void ran.push('late'));
      } finally {
        ran.push('finally');
      }
    };
    expect(await run(code, siteOf({ journal, inbox }))).toBe('parked');
    answer?.(yes());
    for (let turn = 0; turn < 5; turn++) await new Promise((resolve) => setImmediate(resolve));
    expect(ran).toEqual([]);
    expect(journal.entries()).toEqual([]);
  });

  it('lets nothing begin after it has parked or returned, also not what plain code tries', async () => {
    const ran: string[] = [];
    let release: (() => void) | undefined;
    const plain = new Promise<void>((resolve) => (release = resolve));
    const late = async (ctx: CallContext) => {
      await plain;
      ran.push('plain');
      await ctx.step('late', () => void ran.push('step'));
    };
    const parking = async (ctx: CallContext) => void (await Promise.all([ask(ctx), late(ctx)]));
    expect(await run(parking, siteOf())).toBe('parked');
    const returning = (ctx: CallContext) => {
      void late(ctx);
      return 1;
    };
    expect(await run(returning, siteOf())).toBe(1);
    release?.();
    await until(() => ran.length === 2);
    for (let turn = 0; turn < 5; turn++) await new Promise((resolve) => setImmediate(resolve));
    expect(ran).toEqual(['plain', 'plain']);
  });

  it('ends with what aborted it, and follows what it began to wait for in that moment', async () => {
    const controller = new AbortController();
    const inbox = new TestInbox(0, () => {
      controller.abort(new Error('stopped'));
      return Promise.reject(new Error('lost'));
    });
    expect(await run(ask, siteOf({ inbox, controller }))).toEqual({ error: 'The call was cancelled.' });
    // A rejection that nobody follows is told of by now, and ends the test.
    for (let turn = 0; turn < 5; turn++) await new Promise((resolve) => setImmediate(resolve));
  });

  it('waits in memory for as long as the inbox holds', async () => {
    const code = async (ctx: CallContext) => (await ask(ctx)).publish;
    const late = () => new Promise<Record<string, unknown>>((resolve) => setImmediate(() => resolve(yes())));
    const never = () => new Promise<Record<string, unknown>>(() => undefined);
    expect(await run(code, siteOf({ inbox: new TestInbox(5, never) }))).toBe('parked');
    expect(await run(code, siteOf({ inbox: new TestInbox(5000, late) }))).toBe(true);
    expect(await run(code, siteOf({ inbox: new TestInbox(Infinity, late) }))).toBe(true);
  });

  it('parks at once when the process drains, and begins nothing new', async () => {
    const drain = new AbortController();
    const inbox = new TestInbox(60_000);
    const held = run(ask, siteOf({ inbox, draining: drain.signal }));
    await until(() => inbox.asked.length === 1);
    drain.abort();
    expect(await held).toBe('parked');

    const ran: string[] = [];
    const between = async (ctx: CallContext) => ctx.step('next', () => void ran.push('next'));
    expect(await run(between, siteOf({ draining: drain.signal }))).toBe('parked');
    expect(ran).toEqual([]);
  });

  it('does not park before its inbox knows which answers have come', async () => {
    class SlowInbox extends TestInbox {
      private looking = 0;
      override async ask(...args: Parameters<TestInbox['ask']>) {
        this.looking++;
        await new Promise((resolve) => setTimeout(resolve, 20));
        this.looking--;
        return super.ask(...args);
      }
      async settled() {
        await until(() => this.looking === 0);
      }
    }
    expect(await run(async (ctx) => (await ask(ctx)).publish, siteOf({ inbox: new SlowInbox(0, yes) }))).toBe(true);
  });

  it('ends what waits in a step whose time is over, and parks whatever comes of that later', async () => {
    const drain = new AbortController();
    const answers: ((answer: Record<string, unknown>) => void)[] = [];
    const forgotten: string[] = [];
    const inbox = Object.assign(new TestInbox(60_000, () => new Promise((resolve) => answers.push(resolve))), {
      forget: (key: string) => void forgotten.push(key),
    });
    const ran: unknown[] = [];
    const hurry = async (ctx: CallContext) => {
      try {
        await ask(ctx);
      } finally {
        ran.push(ctx.signal.aborted);
      }
    };
    const held = run(
      async (ctx) => {
        await ctx
          .step('hurry', () => hurry(ctx), { timeout: 1 })
          .catch(({ code }: { code: unknown }) => ran.push(code));
        answers[0]?.(yes());
        await ask(ctx);
      },
      siteOf({ inbox, draining: drain.signal }),
    );
    await until(() => inbox.asked.length === 2);
    expect(ran).toEqual([true, 'STEP_TIMED_OUT']);
    expect(forgotten).toEqual(['hurry#1/elicit#1']);
    drain.abort();
    expect(await held).toBe('parked');
  });

  it('rejects its waits when it is aborted, so that it can clean up', async () => {
    const controller = new AbortController();
    const inbox = new TestInbox(Infinity);
    const ran: string[] = [];
    const ended = run(async (ctx) => {
      try {
        return await ask(ctx);
      } finally {
        ran.push('finally');
      }
    }, siteOf({ inbox, controller }));
    await until(() => inbox.asked.length === 1);
    controller.abort();
    expect(await ended).toEqual({ error: 'The call was cancelled.' });
    expect(ran).toEqual(['finally']);
    expect(reports).toEqual([]);
  });
});

it('does not end the process by what fails before its handler waits for it', async () => {
  const seen: unknown[] = [];
  const see = (error: unknown): void => void seen.push(error);
  process.on('unhandledRejection', see);
  const controller = new AbortController();
  const inbox = new TestInbox(Infinity);
  const ended = run(async (ctx) => {
    const effects = [
      ask(ctx),
      ctx.sleep('1h'),
      ctx.all([1], (_, branch) => ask(branch)),
      ctx.step('wait', () => ask(ctx)),
    ];
    await until(() => inbox.asked.length === 3);
    controller.abort();
    // A turn of the event loop, after which whatever nobody waits for counts as unhandled.
    await new Promise((resolve) => setImmediate(resolve));
    return Promise.all(effects);
  }, siteOf({ inbox, controller }));
  expect(await ended).toEqual({ error: 'The call was cancelled.' });
  process.off('unhandledRejection', see);
  expect(seen).toEqual([]);
});

describe('ctx.sleep', () => {
  it('sleeps until the same time however often it is replayed, and not at all when that has passed', async () => {
    const journal = new MemoryJournal();
    const code = async (ctx: CallContext) => ctx.sleep('1h');
    const inbox = new TestInbox();
    expect(await run(code, siteOf({ journal, inbox }))).toBe('parked');
    expect(await run(code, siteOf({ journal, inbox }))).toBe('parked');
    expect(inbox.slept[0]?.until).toBeGreaterThan(Date.now() + 3_590_000);
    expect(inbox.slept[1]).toEqual(inbox.slept[0]);
    const entry = journal.get('sleep#1')!;
    const passed = new MemoryJournal([['sleep#1', { ...entry, outcome: { value: Date.now() - 1 } }]]);
    expect(await run(code, siteOf({ journal: passed, inbox }))).toBeUndefined();
    expect(inbox.slept).toHaveLength(2);
  });
});

describe('ctx.elicit', () => {
  const outcomeOf = (code: (ctx: CallContext) => unknown, inbox: TestInbox) => run(code, siteOf({ inbox }));

  // Spec: elicit.refused, elicit.assumed
  it.each(['decline', 'cancel'] as const)('throws what can be caught on %s', async (action) => {
    const code = async (ctx: CallContext) => {
      try {
        return await ask(ctx);
      } catch (error) {
        return error instanceof ElicitationDeclined && error.action;
      }
    };
    const { content } = (await (async () => {
      const outcome = await call(code, siteOf({ inbox: new TestInbox(0, () => ({ action })) }));
      return outcome.kind === 'result' ? outcome.result : { content: [] };
    })()) as { content: unknown };
    expect(content).toEqual([{ type: 'text', text: action }]);
  });

  it('tells the model of a refusal that nobody catches', async () => {
    const refuse = new TestInbox(0, () => ({ action: 'decline' }));
    expect(await outcomeOf(ask, refuse)).toEqual({ error: 'The user declined to answer.' });
  });

  // Spec: elicit.validated, extension.keys-again
  it('asks again under a new key where the content does not fit, and gives up after three times', async () => {
    const contents = [{}, { publish: 'yes' }, { publish: false }];
    const inbox: TestInbox = new TestInbox(0, () => ({ action: 'accept', content: contents[inbox.asked.length - 1] }));
    expect(await outcomeOf(ask, inbox)).toEqual({ publish: false });
    expect(inbox.asked.map(({ key }) => key)).toEqual(['elicit#1', 'elicit#2', 'elicit#3']);
    const never = new TestInbox(0, () => ({ action: 'accept', content: { publish: 'hunter2' } }));
    const told = await outcomeOf(ask, never);
    expect(told).toEqual({ error: expect.stringContaining('was answered 3 times with content that does not fit') });
    expect(JSON.stringify(told)).not.toContain('hunter2');
  });

  it('keeps its deadline on replay, and its expiry', async () => {
    const journal = new MemoryJournal();
    const code = (ctx: CallContext) => ctx.elicit('Publish?', Consent, { timeout: '1h' });
    const inbox = new TestInbox();
    await run(code, siteOf({ journal, inbox }));
    await run(code, siteOf({ journal, inbox }));
    expect(inbox.asked[0]?.deadline).toBeGreaterThan(Date.now() + 3_590_000);
    expect(inbox.asked[1]).toEqual(inbox.asked[0]);
    const late = new TestInbox(0, (_, key) => Promise.reject(PerduraError.of('ELICITATION_EXPIRED', key)));
    const expected = { error: expect.stringContaining('Nobody answered the question "Publish?" in time') };
    expect(await run(code, siteOf({ journal, inbox: late }))).toEqual(expected);
    expect(await run(code, siteOf({ journal, inbox: new TestInbox(0, yes) }))).toEqual(expected);
  });

  it.each([
    ['no object', 'yes' as never, 'it must be an object'],
    ['an unknown action', { action: 'maybe' }, 'action must be'],
    ['too much', { action: 'accept', content: { publish: 'x'.repeat(2 ** 20) } }, 'the limit is 1048576'],
  ])('refuses an answer that is %s', async (_what, answer, rule) => {
    expect(await outcomeOf(ask, new TestInbox(0, () => answer))).toEqual({ error: expect.stringContaining(rule) });
  });
});

describe('ctx.sample', () => {
  const sample = async (ctx: CallContext) => [(await ctx.sample({ messages: [] })).content];

  // Spec: sampling.context, sampling.context-undeclared
  it('asks the client, with a default for maxTokens, once', async () => {
    const journal = new MemoryJournal();
    const inbox = new TestInbox(0, () => ({ ...said('Hello'), extra: 1 }));
    const expected = [{ type: 'text', text: 'Hello' }];
    expect(await run(sample, siteOf({ journal, inbox }))).toEqual(expected);
    expect(await run(sample, siteOf({ journal, inbox }))).toEqual(expected);
    expect(inbox.asked).toEqual([
      { key: 'sample#1', request: { method: 'sampling/createMessage', params: { maxTokens: 4096, messages: [] } } },
    ]);
  });

  it.each([
    ['another role', { ...said('x'), role: 'user' }, 'its role must be "assistant"'],
    ['a tool result', { ...said('x'), content: [{ type: 'tool_result' }] }, 'content[0].type must be one of'],
    [
      'a tool call without input',
      { ...said('x'), content: { type: 'tool_use', id: '1', name: 'x' } },
      'content[0].input',
    ],
    ['no content', { role: 'assistant' }, 'content[0] must be an object'],
  ])('refuses an answer with %s', async (_what, answer, rule) => {
    const inbox = new TestInbox(0, () => answer as Record<string, unknown>);
    expect(await run(sample, siteOf({ inbox }))).toEqual({ error: expect.stringContaining(rule) });
  });
});

describe('a client that cannot be asked', () => {
  const mute = { capabilities: {} };

  it('is told which capability is missing, as each revision has it', async () => {
    const inbox = new TestInbox();
    expect(await run(ask, siteOf({ client: mute, inbox }))).toEqual({
      error: expect.stringContaining('declares the capability "elicitation"'),
    });
    expect(await run(ask, siteOf({ client: mute, inbox, revision: '2026-07-28' }))).toMatchObject({
      code: -32021,
      data: { requiredCapabilities: { elicitation: {} } },
    });
    const sampling = { capabilities: { sampling: {} } };
    const withTools = (ctx: CallContext) => ctx.sample({ messages: [], tools: [] });
    expect(await run(withTools, siteOf({ client: sampling, inbox, revision: '2026-07-28' }))).toMatchObject({
      data: { requiredCapabilities: { sampling: { tools: {} } } },
    });
    expect(inbox.asked).toEqual([]);
  });

  it('has no forms where it names the url mode alone', async () => {
    const client = { capabilities: { elicitation: { url: {} } } };
    expect(await run(ask, siteOf({ client }))).toEqual({ error: expect.stringContaining('"elicitation"') });
  });
});
