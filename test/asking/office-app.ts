import { IsBoolean, IsEnum, IsIn, IsInt, IsNumber, IsString, Matches, MinLength } from 'class-validator';
import {
  Agent,
  type App,
  type AppOptions,
  type CallContext,
  type CreateMessageResult,
  createApp,
  ElicitationDeclined,
  Injectable,
  jsonSchema,
  Prompt,
  Resource,
  type SampleRequest,
  Task,
  type TaskContext,
  Tool,
} from 'perdura';

class Visitor {
  @IsString() @MinLength(2) name!: string;
}

/** No form can say this pattern, so a client learns of it only by being asked again. */
class Badge {
  @IsString() @Matches(/^B\d+$/) number!: string;
}

class Profile {
  @IsString() name = 'John Doe';
  @IsInt() age = 30;
  @IsNumber() score = 95.5;
  @IsIn(['active', 'inactive', 'pending']) status = 'active';
  @IsBoolean() verified = true;
}

enum Floor {
  'First floor' = '1',
  'Second floor' = '2',
}

class Choices {
  @IsIn(['a', 'b']) untitledSingle!: string;
  @IsEnum(Floor) titledSingle!: Floor;
  @IsIn(['a', 'b'], { each: true }) untitledMulti!: string[];
  @IsEnum(Floor, { each: true }) titledMulti!: Floor[];
}

const legacy = jsonSchema({
  type: 'object',
  properties: { legacyEnum: { type: 'string', enum: ['1', '2'], enumNames: ['First floor', 'Second floor'] } },
});

const CAPITAL: SampleRequest = {
  messages: [{ role: 'user', content: { type: 'text', text: 'The capital of France?' } }],
  maxTokens: 100,
};

const said = ({ content }: CreateMessageResult): string => {
  const [block] = Array.isArray(content) ? content : [content];
  return block?.type === 'text' ? block.text : '';
};

@Tool({ name: 'confirm', description: 'Asks under a name.' })
class Confirm {
  async call(_: unknown, ctx: CallContext): Promise<string> {
    return (await ctx.elicit('Who confirms?', Visitor, { key: 'user_name' })).name;
  }
}

@Agent({ instructions: 'Confirm.', tools: [Confirm], maxTurns: 4 })
class Clerk {}

@Injectable()
class Reception {
  @Tool({ name: 'greet', description: 'Asks for a name, by name.' })
  async greet(_: unknown, ctx: CallContext): Promise<string> {
    try {
      const { name } = await ctx.elicit('Your name?', Visitor, { key: 'user_name' });
      return `Hello, ${name}!`;
    } catch (error) {
      if (error instanceof ElicitationDeclined) return `action: ${error.action}`;
      throw error;
    }
  }

  @Tool({ name: 'badge', description: 'Asks for what no form can say.' })
  async badge(_: unknown, ctx: CallContext): Promise<string> {
    return (await ctx.elicit('Your badge?', Badge, { key: 'badge' })).number;
  }

  @Tool({ name: 'all_at_once', description: 'Asks three things in one round.' })
  async allAtOnce(_: unknown, ctx: CallContext): Promise<string> {
    //#region together
    const [{ name }, answer, roots] = await Promise.all([
      ctx.elicit('Your name?', Visitor, { key: 'user_name' }),
      ctx.sample(CAPITAL, { key: 'capital_question' }),
      ctx.roots({ key: 'client_roots' }),
    ]);
    //#endregion together
    return `${name}: ${said(answer)}: ${roots.map(({ uri, name: label }) => `${uri}=${label}`).join()}`;
  }

  @Tool({ name: 'in_branches', description: 'Asks in branches, each by its own name.' })
  async inBranches(_: unknown, ctx: CallContext): Promise<string> {
    const visitors = await ctx.all(['first', 'second'], (key, branch) => branch.elicit('Who?', Visitor, { key }));
    return visitors.map(({ name }) => name).join();
  }

  @Tool({ name: 'two_rounds', description: 'Asks one thing after the other.' })
  async twoRounds(_: unknown, ctx: CallContext): Promise<string> {
    const first = await ctx.elicit('First?', Visitor, { key: 'step1' });
    const second = await ctx.elicit(`And after ${first.name}?`, Visitor, { key: 'step2' });
    return `${first.name}, ${second.name}`;
  }

  @Tool({ name: 'twice', description: 'Asks two things under one name.' })
  async twice(_: unknown, ctx: CallContext): Promise<string> {
    await Promise.all(['a', 'b'].map((what) => ctx.elicit(what, Visitor, { key: 'same' })));
    return 'asked';
  }

  @Tool({ name: 'misnamed', description: 'Asks under a name that cannot be one.' })
  async misnamed(_: unknown, ctx: CallContext): Promise<string> {
    return (await ctx.elicit('Who?', Visitor, { key: '@child/key' })).name;
  }

  @Tool({ name: 'delegate', description: 'Has an agent confirm twice.' })
  async delegate(_: unknown, ctx: CallContext): Promise<string> {
    const { name } = await ctx.elicit('Who asks?', Visitor, { key: 'user_name' });
    const { text } = await ctx.agent(Clerk, { prompt: 'Confirm twice.' });
    return `${name}: ${text}`;
  }

  @Tool({ name: 'where', description: 'Asks for the roots.' })
  async where(_: unknown, ctx: CallContext): Promise<string> {
    return (await ctx.roots()).map(({ uri }) => uri).join();
  }

  @Tool({ name: 'profile', description: 'A form with defaults.' })
  async profile(_: unknown, ctx: CallContext): Promise<string> {
    return JSON.stringify(await ctx.elicit('Your profile?', Profile));
  }

  @Tool({ name: 'choose', description: 'A form of choices.' })
  async choose(_: unknown, ctx: CallContext): Promise<string> {
    return JSON.stringify([await ctx.elicit('Which?', Choices), await ctx.elicit('And?', legacy)]);
  }

  @Resource({ name: 'visit', uri: 'office://visit' })
  async visit(_: unknown, ctx: CallContext): Promise<string> {
    return (await ctx.elicit('Whose?', Visitor, { key: 'user_name' })).name;
  }

  @Prompt({ name: 'letter', description: 'A letter.' })
  async letter(_: unknown, ctx: CallContext): Promise<string> {
    return `To ${(await ctx.elicit('To whom?', Visitor, { key: 'user_name' })).name}`;
  }

  @Task({ name: 'appoint', description: 'Asks as a task, by names.', ttl: '10m', pollInterval: 20 })
  async appoint(_: unknown, ctx: TaskContext): Promise<string> {
    const [visitor, [root]] = await Promise.all([
      ctx.elicit('Who?', Visitor, { key: 'user_name' }),
      ctx.roots({ key: 'client_roots' }),
    ]);
    return `${visitor.name} in ${root?.uri}`;
  }
}

/** What ran, so that a test can tell that it ran once. */
@Injectable()
export class Book {
  readonly entries: string[] = [];
}

const LIFE = { ttl: '10m', pollInterval: 20, attached: true } as const;

@Injectable()
class Travel {
  constructor(private readonly book: Book) {}

  //#region attached
  @Task({ name: 'trip', description: 'Books a trip.', attached: true, ttl: '10m', pollInterval: 20 })
  async trip(_: unknown, ctx: TaskContext): Promise<string> {
    const { name } = await ctx.elicit('Who travels?', Visitor); // asked within the request
    const seat = await ctx.step('reserve', () => this.book.entries.push('reserved'));
    await ctx.detach(); // from here on it is a task
    await ctx.step('travel', () => this.book.entries.push('travelled'));
    return `${name} has seat ${seat}`;
  }
  //#endregion attached

  @Task({ name: 'must_be_task', description: 'Runs as a task only.', support: 'required', ...LIFE })
  async mustBeTask(_: unknown, ctx: TaskContext): Promise<string> {
    const { name } = await ctx.elicit(`Who goes under ${ctx.taskId}?`, Visitor, { key: 'user_name' });
    await ctx.detach();
    return `${name} under ${ctx.taskId === ctx.callId}`;
  }

  @Task({ name: 'never', description: 'Never becomes a task.', ...LIFE })
  async never(_: unknown, ctx: TaskContext): Promise<string> {
    await ctx.all([1], async (_item, branch) => branch.detach());
    return (await ctx.elicit('Who?', Visitor)).name;
  }

  @Task({ name: 'hesitate', description: 'Does one thing before it is a task, and one after.', ...LIFE })
  async hesitate(_: unknown, ctx: TaskContext): Promise<string> {
    await ctx.detach();
    const { signal } = ctx;
    this.book.entries.push('waiting');
    await new Promise((resolve) => signal.addEventListener('abort', resolve));
    this.book.entries.push('aborted');
    return 'late';
  }
}

export const officeApp = (options: Partial<AppOptions> = {}): Promise<App> =>
  createApp({
    name: 'office',
    version: '1.0.0',
    use: [Reception, Clerk, Confirm, Travel],
    providers: [{ provide: Book, useValue: new Book() }],
    report: () => undefined,
    ...options,
  });
