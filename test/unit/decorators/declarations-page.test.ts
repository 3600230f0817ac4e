// The code of docs/declarations.md, run through the public door.
import { IsIn, IsInt, IsOptional, IsString, Max, Min } from 'class-validator';
import {
  Agent,
  type CallContext,
  createApp,
  Description,
  Inject,
  Injectable,
  Prompt,
  Resource,
  Task,
  type TaskContext,
  Tool,
} from 'perdura';
import { scriptedModel } from 'perdura/testing';
import { checkedConnect as connect } from '../../checked-connect.js';
import { z } from 'zod';

class Library {
  find(text: string, limit: number): readonly string[] {
    return [`${text} in Walden`, `${text} in Emma`].slice(0, limit);
  }

  page(id: string, page: number): string | undefined {
    return id === 'walden' ? `Walden, page ${page}` : undefined;
  }
}

//#region tool
class Words {
  @IsString() @Description('Words to look for') text!: string;
  @IsInt() @Min(1) @Max(50) @IsOptional() limit = 10;
}

class Passages {
  @IsString({ each: true }) passages!: readonly string[];
}

@Tool({
  name: 'search',
  title: 'Search the library',
  description: 'Find passages by their words.',
  input: Words,
  output: Passages,
  annotations: { readOnlyHint: true },
})
class Search {
  constructor(private readonly library: Library) {}

  call({ text, limit }: Words): Passages {
    return { passages: this.library.find(text, limit) };
  }
}
//#endregion

//#region methods
@Injectable()
class Books {
  constructor(
    private readonly library: Library,
    @Inject('greeting') private readonly greeting: string,
  ) {}

  @Tool({ name: 'greet', description: 'Greet a reader.', input: z.object({ name: z.string() }) })
  greet({ name }: { name: string }, ctx: CallContext) {
    ctx.log.info(`greeting ${name}`);
    return `${this.greeting}, ${name}!`;
  }

  @Resource({ name: 'rules', uri: 'library://rules', mimeType: 'text/plain' })
  rules() {
    return 'Silence.';
  }

  @Resource({
    name: 'page',
    description: 'One page of a book.',
    uriTemplate: 'library://books/{id}{?page}',
    mimeType: 'text/plain',
    complete: { id: (typed) => ['walden', 'emma'].filter((id) => id.startsWith(typed)) },
  })
  page({ id, page }: { id: string; page?: string }) {
    return this.library.page(id, Number(page ?? 1)); // undefined: there is no such resource
  }
}
//#endregion

//#region prompt
class Review {
  @IsString() @Description('The book to review') book!: string;
  @IsIn(['short', 'long']) @IsOptional() length?: string;
}

@Prompt({ name: 'review', description: 'Ask for a review of a book.', input: Review })
class ReviewPrompt {
  get({ book, length = 'short' }: Review) {
    return `Write a ${length} review of ${book}.`;
  }
}
//#endregion

//#region agent
@Agent({ instructions: 'You are a careful librarian. Cite every book.', tools: [Search], maxTurns: 5 })
class Librarian {}
//#endregion

//#region task
class Question {
  @IsString() question!: string;
}

@Task({
  name: 'research',
  description: 'Answer a question from the library.',
  input: Question,
  ttl: '24h',
  attempts: 3,
  timeout: '10m',
})
class Research {
  async call({ question }: Question, ctx: TaskContext) {
    const { text } = await ctx.agent(Librarian, { prompt: question });
    return ctx.step('sign', () => `${text} (attempt ${ctx.attempt})`);
  }
}
//#endregion

const app = () =>
  //#region app
  createApp({
    name: 'library',
    version: '1.0.0',
    use: [Search, Books, ReviewPrompt, Research, Librarian],
    providers: [{ provide: 'greeting', useValue: 'Welcome' }],
  });
//#endregion

describe.each(['2025-11-25', '2026-07-28'] as const)('the declarations of the documentation on %s', (revision) => {
  it('offer what they say', async () => {
    const library = await app();
    const client = await connect(library, { revision });
    const { tools } = (await client.request('tools/list', {})) as { tools: { name: string }[] };
    expect(tools.map(({ name }) => name)).toEqual(['search', 'greet', 'research']);
    expect(await client.callTool('search', { text: 'ponds', limit: 1 })).toMatchObject({
      structuredContent: { passages: ['ponds in Walden'] },
    });
    expect(await client.callTool('greet', { name: 'Ada' })).toMatchObject({
      content: [{ type: 'text', text: 'Welcome, Ada!' }],
    });
    expect(await client.request('resources/read', { uri: 'library://rules' })).toMatchObject({
      contents: [{ uri: 'library://rules', text: 'Silence.' }],
    });
    expect(await client.request('resources/read', { uri: 'library://books/walden?page=7' })).toMatchObject({
      contents: [{ text: 'Walden, page 7' }],
    });
    await expect(client.request('resources/read', { uri: 'library://books/none' })).rejects.toThrow('not found');
    expect(await client.request('prompts/get', { name: 'review', arguments: { book: 'Emma' } })).toMatchObject({
      messages: [{ role: 'user', content: { type: 'text', text: 'Write a short review of Emma.' } }],
    });
    const ref = { type: 'ref/prompt', name: 'review' };
    const argument = { name: 'length', value: 'l' };
    expect(await client.request('completion/complete', { ref, argument })).toMatchObject({
      completion: { values: ['long'] },
    });
    await library.close();
  });

  it('run a task that uses an agent', async () => {
    const library = await app();
    const sample = scriptedModel([{ calls: [{ name: 'search', input: { text: 'ponds' } }] }, 'See Walden.']);
    const client = await connect(library, { revision, sample });
    expect(await client.runTask('research', { question: 'Where are ponds?' })).toMatchObject({
      content: [{ type: 'text', text: 'See Walden. (attempt 1)' }],
    });
    await library.close();
  });
});
