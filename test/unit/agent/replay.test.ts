import { IsBoolean, IsInt, IsString } from 'class-validator';
import { Agent } from '../../../framework/decorators/agent.js';
import { Tool } from '../../../framework/decorators/tool.js';
import { ToolError } from '../../../framework/errors.js';
import type { CallContext } from '../../../framework/runtime/context.js';
import { fingerprint } from '../../../framework/runtime/journal/fingerprint.js';
import type { Inbox } from '../../../framework/runtime/journal/inbox.js';
import type { Journal, JournalEntry } from '../../../framework/runtime/journal/journal.js';
import type {
  CreateMessageRequestParams,
  CreateMessageResult,
  InputRequest,
  InputResponse,
} from '../../../framework/spec.js';
import { seededRandom } from '../../fixtures/seeded-random.js';
import { boot, siteOf } from '../runtime/runtime-fixture.js';

class Word {
  @IsString() word!: string;
}

class Consent {
  @IsBoolean() ok!: boolean;
}

class Score {
  @IsInt() score!: number;
}

/** What really happened outside in one run, by idempotency key. */
class Ledger {
  readonly effects: string[] = [];
}

@Tool({ name: 'write', description: 'Has an effect.', input: Word })
class Write {
  constructor(private readonly ledger: Ledger) {}

  async call({ word }: Word, ctx: CallContext) {
    await ctx.step('write', (key) => void this.ledger.effects.push(key));
    return `${word}, written`;
  }
}

@Tool({ name: 'scatter', description: 'Has several at a time.', input: Word })
class Scatter {
  constructor(private readonly ledger: Ledger) {}

  async call({ word }: Word, ctx: CallContext) {
    const parts = await ctx.all([1, 2, 3], (part) =>
      ctx.step('part', (key) => {
        this.ledger.effects.push(key);
        return `${word}${part}`;
      }),
    );
    return parts.join(' ');
  }
}

@Tool({ name: 'consult', description: 'Asks the user.', input: Word })
class Consult {
  constructor(private readonly ledger: Ledger) {}

  async call({ word }: Word, ctx: CallContext) {
    const { ok } = await ctx.elicit(`May I ${word}?`, Consent);
    await ctx.step('note', (key) => void this.ledger.effects.push(key));
    return ok ? 'yes' : 'no';
  }
}

@Tool({ name: 'stumble', description: 'Fails.', input: Word })
class Stumble {
  call({ word }: Word) {
    throw new ToolError(`${word} is too much`);
  }
}

@Agent({ instructions: 'Help.', tools: [Write], maxTurns: 2 })
class Helper {}

@Tool({ name: 'delegate', description: 'Starts an agent of its own.', input: Word })
class Delegate {
  async call({ word }: Word, ctx: CallContext) {
    return (await ctx.agent(Helper, { prompt: `Help with ${word}` })).value;
  }
}

@Agent({ instructions: 'Work.', tools: [Write, Scatter, Consult, Stumble, Delegate], maxTurns: 4, concurrency: 3 })
class Worker {}

@Tool({ name: 'work', description: 'Runs several agents, alone and together.', input: Word })
class Work {
  async call({ word }: Word, ctx: CallContext) {
    const plan = await ctx.agent(Worker, { prompt: `Plan ${word}`, output: Score });
    const parts = await ctx.all([1, 2], async (part, branch) => {
      await branch.sleep(0);
      return (await branch.agent(Worker, { prompt: `Part ${part} of ${word}` })).value;
    });
    return { plan: plan.value.score, turns: plan.turns, parts, at: await ctx.now() };
  }
}

const classes = [Work, Write, Scatter, Consult, Stumble, Delegate, Helper, Worker];
const TOOLS = ['write', 'scatter', 'consult', 'stumble', 'delegate', 'invented'];

/** A model whose every answer follows from the request alone, so that two runs of a program are the same program. */
function think(seed: number, request: CreateMessageRequestParams): CreateMessageResult {
  let state = parseInt(
    fingerprint([seed, request])
      .replace(/[^0-9a-f]/gi, '')
      .slice(0, 8) || '1',
    16,
  );
  const random = (below: number) => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return (state >>> 8) % below;
  };
  const word = `w${random(1000)}`;
  const message = (content: CreateMessageResult['content']): CreateMessageResult => ({
    role: 'assistant',
    model: 'm',
    content,
  });
  if (request.toolChoice?.mode === 'auto' && random(3) > 0) {
    const uses = Array.from({ length: 1 + random(3) }, (_, index) => ({
      type: 'tool_use' as const,
      // Some ids come again on later turns, as untrusted ids may.
      id: random(2) === 0 ? `id-${index}` : `${word}-${index}`,
      name: TOOLS[random(TOOLS.length)] as string,
      input: random(8) === 0 ? { bad: true } : { word: `${word}${index}` },
    }));
    return message(uses);
  }
  const wantsJson = request.systemPrompt?.includes('JSON Schema') === true;
  const isWrong = request.messages.length < 8 && random(4) === 0;
  return message({ type: 'text', text: wantsJson && !isWrong ? `{"score":${random(100)}}` : `said ${word}` });
}

/** Keeps what it is given, and crashes the process (nothing resolves any more) when it is full. */
class CutJournal implements Journal {
  readonly entries: (readonly [string, JournalEntry])[];
  private readonly byKey: Map<string, JournalEntry>;
  crash: () => void = () => undefined;

  constructor(
    entries: readonly (readonly [string, JournalEntry])[],
    private readonly limit = Infinity,
  ) {
    this.entries = [...entries];
    this.byKey = new Map(entries);
  }

  get(key: string): JournalEntry | undefined {
    return this.byKey.get(key);
  }

  append(key: string, entry: JournalEntry): Promise<void> {
    if (this.byKey.has(key)) throw new Error(`${key} is recorded twice.`);
    if (this.entries.length >= this.limit) {
      this.crash();
      return new Promise(() => {});
    }
    // As a store would: what is recorded is a copy, and it takes a moment.
    const kept = JSON.parse(JSON.stringify(entry)) as JournalEntry;
    this.entries.push([key, kept]);
    this.byKey.set(key, kept);
    return new Promise((resolve) => setImmediate(resolve));
  }
}

interface Run {
  readonly value: unknown;
  readonly journal: CutJournal;
  readonly effects: readonly string[];
}

/** Runs a program over a journal to its end, or until the journal crashes it; parks and goes on as often as it asks the user. */
async function runProgram(seed: number, journal: CutJournal, onClient: boolean): Promise<Run> {
  const ledger = new Ledger();
  const repeated: string[] = [];
  const answers = new Map<string, InputResponse>();
  const recorded = () => new Set(journal.entries.map(([, entry]) => entry.fingerprint));
  const model = (request: CreateMessageRequestParams) => {
    // The prompts of a program are all different, so that equal messages are the same turn.
    if (recorded().has(fingerprint(['sample', request.messages]))) repeated.push(JSON.stringify(request.messages));
    return think(seed, request);
  };
  const pending = new Map<string, InputRequest>();
  const inbox: Inbox = {
    hold: 0,
    ask: async (key, { request }) => {
      const answer = answers.get(key);
      if (answer !== undefined) return answer;
      if (request.method === 'sampling/createMessage') return { ...model(request.params) };
      pending.set(key, request);
      return new Promise(() => {});
    },
    sleep: () => Promise.resolve(),
  };
  const { call, reports } = boot(classes, {
    providers: [{ provide: Ledger, useValue: ledger }],
    ...(!onClient && { model: (request) => Promise.resolve(model(request)) }),
  });
  const crashed = new Promise<'crashed'>((resolve) => (journal.crash = () => resolve('crashed')));
  let value: unknown = 'crashed';
  for (;;) {
    const ended = await Promise.race([call('work', { word: `s${seed}` }, siteOf({ journal, inbox })), crashed]);
    if (ended === 'crashed') break;
    if (ended.kind !== 'parked') {
      value = ended;
      break;
    }
    for (const key of pending.keys()) answers.set(key, { action: 'accept', content: { ok: key.length % 2 === 0 } });
  }
  expect(repeated).toEqual([]);
  expect(reports).toEqual([]);
  return { value, journal, effects: [...ledger.effects] };
}

const stepOf = (effect: string) => effect.slice('call-1/'.length);

describe('an agent program that is cut off after any number of recorded effects', () => {
  const random = seededRandom();
  const seeds = Array.from({ length: 8 }, () => Math.floor(random() * 1e9));

  it.each(seeds.map((seed, index) => [seed, index % 2 === 0] as const))(
    'ends as it would have, asks no recorded turn again and repeats no recorded effect (program %i, client model: %s)',
    async (seed, onClient) => {
      const whole = await runProgram(seed, new CutJournal([]), onClient);
      expect(whole.value).toMatchObject({ kind: 'result' });
      const { entries } = whole.journal;
      expect(new Set(whole.effects).size).toBe(whole.effects.length);

      for (let cut = 0; cut < entries.length; cut++) {
        const crashed = await runProgram(seed, new CutJournal([], cut), onClient);
        expect(crashed.value).toBe('crashed');
        const kept = crashed.journal.entries;
        expect(kept).toHaveLength(cut);

        const resumed = await runProgram(seed, new CutJournal(kept), onClient);
        const recorded = new Set(kept.map(([key]) => key));
        expect(resumed.effects.map(stepOf).filter((key) => recorded.has(key))).toEqual([]);
        expect(new Set(resumed.effects).size).toBe(resumed.effects.length);
        expect(new Set([...crashed.effects, ...resumed.effects])).toEqual(new Set(whole.effects));
        expect(withoutTime(resumed.value)).toEqual(withoutTime(whole.value));
        expect(resumed.journal.entries.map(([key]) => key).sort()).toEqual(entries.map(([key]) => key).sort());
      }
    },
    60_000,
  );
});

/** The value with the time taken out, which is another one where it was not recorded before the cut. */
function withoutTime(value: unknown): unknown {
  return JSON.parse(JSON.stringify(value).replace(/\\"at\\":\d+/, ''));
}
