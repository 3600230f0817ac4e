import { IsBoolean, IsIn, IsInt, IsOptional, IsString, MinLength } from 'class-validator';
import {
  Agent,
  type App,
  type AppOptions,
  type CallContext,
  type Class,
  createApp,
  Header,
  Injectable,
  jsonSchema,
  Prompt,
  ProtocolError,
  Resource,
  Task,
  type TaskContext,
  Tool,
  ToolError,
} from 'perdura';

class Room {
  @IsString() @Header('Wing') wing!: string;
  @IsInt() @IsOptional() @Header('Floor') floor?: number;
  @IsBoolean() @IsOptional() @Header('Quiet') quiet?: boolean;
}

class Guest {
  @IsString() @MinLength(2) name!: string;
}

class Meal {
  @IsIn(['soup', 'salad']) dish!: string;
}

class Greeting {
  @IsIn(['en', 'la']) language!: string;
}

class Size {
  @IsInt() size!: number;
}

/** What ran, so that a test can tell that something ran once. */
@Injectable()
export class Ledger {
  readonly entries: string[] = [];
}

@Tool({ name: 'book', description: 'Books a room.', input: Room })
export class Book {
  call({ wing, floor = 0 }: Room): string {
    return `${wing}-${floor}`;
  }
}

@Agent({ instructions: 'You book rooms.', tools: [Book], maxTurns: 4 })
class Concierge {}

@Injectable()
class Desk {
  constructor(private readonly ledger: Ledger) {}

  @Tool({ name: 'check_in', description: 'Asks who it is, then what to eat.' })
  async checkIn(_: unknown, ctx: CallContext): Promise<string> {
    const key = await ctx.step('key', (idempotencyKey) => {
      this.ledger.entries.push(idempotencyKey);
      return 'key 7';
    });
    const { name } = await ctx.elicit('Who are you?', Guest);
    const { dish } = await ctx.elicit(`What shall it be, ${name}?`, Meal);
    return `${name} has ${key} and ${dish}`;
  }

  @Tool({ name: 'survey', description: 'Asks two things at once.' })
  async survey(_: unknown, ctx: CallContext): Promise<string> {
    const answers = await ctx.all([Guest, Meal] as Class[], (form, branch) => branch.elicit(`A ${form.name}?`, form));
    return JSON.stringify(answers);
  }

  @Tool({ name: 'advise', description: "Asks the client's model." })
  async advise(_: unknown, ctx: CallContext): Promise<string> {
    const { content } = await ctx.sample({ messages: [{ role: 'user', content: { type: 'text', text: 'Advice?' } }] });
    const [block] = Array.isArray(content) ? content : [content];
    return block?.type === 'text' ? block.text : 'nothing';
  }

  @Tool({ name: 'delegate', description: 'Lets the concierge book.' })
  async delegate(_: unknown, ctx: CallContext): Promise<string> {
    const { text, turns } = await ctx.agent(Concierge, { prompt: 'Book the east wing.' });
    return `${text} in ${turns} turns`;
  }

  @Tool({ name: 'tell', description: 'Tells of what it does.' })
  tell(_: unknown, ctx: CallContext): string {
    for (const done of [0, 50, 50, 100]) ctx.progress(done, 100, `at ${done}`);
    ctx.log.debug('fine print');
    ctx.log.info({ opened: true });
    ctx.log.error('the lift is stuck', 'lift');
    return 'told';
  }

  @Tool({ name: 'hang', description: 'Ends only when it is aborted.' })
  hang(_: unknown, ctx: CallContext): Promise<string> {
    this.ledger.entries.push('hanging');
    return new Promise((_resolve, reject) =>
      ctx.signal.addEventListener('abort', () => {
        this.ledger.entries.push('aborted', (ctx.signal.reason as Error).message);
        reject(new Error('aborted'));
      }),
    );
  }

  @Tool({ name: 'fickle', description: 'Asks something else each time.' })
  async fickle(_: unknown, ctx: CallContext): Promise<string> {
    this.ledger.entries.push('asked');
    return (await ctx.elicit(`Delete file ${this.ledger.entries.length}?`, Guest)).name;
  }

  @Tool({ name: 'badge', description: 'Goes by the id of its call.' })
  async badge(_: unknown, ctx: CallContext): Promise<string> {
    await ctx.elicit(`Badge ${ctx.callId}?`, Guest);
    return ctx.callId;
  }

  @Tool({ name: 'ponder', description: "Asks the client's model for much, then asks the user." })
  async ponder(_: unknown, ctx: CallContext): Promise<string> {
    await ctx.sample({ messages: [{ role: 'user', content: { type: 'text', text: 'Advice?' } }] });
    return (await ctx.elicit('Enough?', Guest)).name;
  }

  @Tool({ name: 'linger', description: 'Goes on talking after its end.' })
  linger(_: unknown, ctx: CallContext): string {
    setTimeout(() => {
      ctx.log.emergency('too late');
      ctx.progress(100);
      this.ledger.entries.push('lingered');
    }, 5);
    return 'gone';
  }

  @Tool({ name: 'hurry', description: 'Asks, and waits for an answer for a moment.' })
  async hurry(_: unknown, ctx: CallContext): Promise<string> {
    return (await ctx.elicit('Quick, who are you?', Guest, { timeout: '50ms' })).name;
  }

  @Tool({ name: 'nap', description: 'Sleeps for a moment, twice.' })
  async nap(_: unknown, ctx: CallContext): Promise<string> {
    await ctx.sleep('30ms');
    await ctx.sleep('30ms');
    return 'awake';
  }

  @Tool({ name: 'hoard', description: 'Records much, then asks.', input: Size })
  async hoard({ size }: Size, ctx: CallContext): Promise<string> {
    await ctx.step('hoard', () => 'x'.repeat(size));
    await ctx.elicit('Enough?', Guest);
    return 'enough';
  }

  @Tool({
    name: 'bells',
    description: 'Answers with a list.',
    output: jsonSchema<readonly number[]>({ type: 'array', items: { type: 'number' } }),
  })
  bells(): readonly number[] {
    return [1, 2, 3];
  }

  @Tool({ name: 'leak', description: 'Fails.' })
  leak(): never {
    throw new Error('password hunter2 at /srv/hotel.ts');
  }

  @Resource({ name: 'menu', uri: 'hotel://menu', mimeType: 'text/plain' })
  menu(): string {
    return 'soup, salad';
  }

  @Resource({
    name: 'room',
    uriTemplate: 'hotel://room/{number}',
    complete: {
      number: (value) => Array.from({ length: 120 }, (_, index) => `${index}`).filter((n) => n.startsWith(value)),
    },
  })
  room({ number }: { number: string }): string {
    if (number === '13') throw new ProtocolError(-32002, 'There is no room 13.');
    return `Room ${number}`;
  }

  @Resource({ name: 'bill', uri: 'hotel://bill' })
  async bill(_: unknown, ctx: CallContext): Promise<string> {
    return `The bill of ${(await ctx.elicit('Whose bill?', Guest)).name}`;
  }

  @Prompt({ name: 'greet', description: 'A greeting.', input: Greeting })
  greet({ language }: Greeting): string {
    return language === 'la' ? 'Salve!' : 'Hello!';
  }

  @Prompt({ name: 'toast', description: 'A toast to somebody.' })
  async toast(_: unknown, ctx: CallContext): Promise<string> {
    return `To ${(await ctx.elicit('To whom?', Guest)).name}!`;
  }
}

const LIFE = { ttl: '10m', pollInterval: 20 } as const;

@Injectable()
class Kitchen {
  @Task({ name: 'cook', description: 'Cooks in steps.', input: Meal, ...LIFE })
  async cook({ dish }: Meal, ctx: TaskContext): Promise<string> {
    await ctx.step('chop', () => 'chopped');
    ctx.progress(1, 2, 'chopped');
    return `${dish} is served`;
  }

  @Task({ name: 'serve', description: 'Asks for whom it is.', ...LIFE })
  async serve(_: unknown, ctx: TaskContext): Promise<string> {
    const { name } = await ctx.elicit('For whom?', Guest);
    return `served to ${name}`;
  }

  @Task({ name: 'lay', description: 'Asks two things at once.', ...LIFE })
  async lay(_: unknown, ctx: TaskContext): Promise<string> {
    const answers = await ctx.all([Guest, Meal] as Class[], (form, branch) => branch.elicit(`A ${form.name}?`, form));
    return JSON.stringify(answers);
  }

  @Task({ name: 'burn', description: 'Goes wrong.', support: 'required', ...LIFE })
  async burn(): Promise<string> {
    throw new ToolError('It burned.');
  }

  @Task({ name: 'strike', description: 'Cannot be served.', ...LIFE })
  async strike(): Promise<string> {
    throw new ProtocolError(-31000, 'The kitchen is on strike.', { until: 'noon' });
  }

  @Task({ name: 'simmer', description: 'Waits for long.', ...LIFE })
  async simmer(_: unknown, ctx: TaskContext): Promise<string> {
    await ctx.sleep('9m');
    return 'done';
  }
}

export const hotelApp = (options: Partial<AppOptions> = {}): Promise<App> =>
  createApp({
    name: 'hotel',
    version: '3.0.0',
    instructions: 'Ask at the desk.',
    use: [Book, Concierge, Desk, Kitchen],
    providers: [{ provide: Ledger, useValue: new Ledger() }],
    report: () => undefined,
    ...options,
  });
