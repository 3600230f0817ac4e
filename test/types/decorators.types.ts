// Checked by `npm run typecheck`: every line under @ts-expect-error must not compile, and everything else must.
import { IsDate, IsInt, IsOptional, IsString } from 'class-validator';
import * as v from 'valibot';
import { z } from 'zod';
import { type } from 'arktype';
import { agentTool } from '../../framework/agent/agent-tool.js';
import { Agent } from '../../framework/decorators/agent.js';
import { Prompt } from '../../framework/decorators/prompt.js';
import { Resource } from '../../framework/decorators/resource.js';
import { Task } from '../../framework/decorators/task.js';
import { Tool } from '../../framework/decorators/tool.js';
import { jsonSchema } from '../../framework/schema/json-schema.js';
import type { Class } from '../../framework/metadata/class.js';
import type { JsonOf } from '../../framework/metadata/json-of.js';
import type { UriVariables } from '../../framework/metadata/uri-variables.js';
import type { CallContext, TaskContext } from '../../framework/runtime/context.js';
import type { App } from '../../framework/server/app.js';
import type { CallToolResult, GetPromptResult, ReadResourceResult } from '../../framework/spec.js';

class Query {
  @IsString() text!: string;
  @IsInt() @IsOptional() limit = 10;
}
class Count {
  @IsInt() count!: number;
}
interface Passage {
  readonly path: string;
}

const about = { name: 'count', description: 'Counts.' };
const ZodQuery = z.object({ text: z.string(), limit: z.number().default(10) });
const ValibotQuery = v.object({ text: v.string(), limit: v.optional(v.number(), 10) });
const ArkQuery = type({ text: 'string', 'limit?': 'number' });

// A DTO class is the handler's first parameter, and what the output names is its return.
@Tool({ ...about, input: Query, output: Count })
export class Whole {
  call({ text, limit }: Query, ctx: CallContext): Promise<Count> {
    ctx.progress(limit);
    return Promise.resolve({ count: text.length });
  }
}

@Tool({ ...about, input: Query, output: Count })
export class AllResult {
  call(): CallToolResult | Count {
    return { content: [{ type: 'text', text: 'none' }], isError: true };
  }
}

@Tool({ ...about, input: Query })
export class FewerParameters {
  call({ text }: Query) {
    return text;
  }
}

@Tool({ ...about, input: Query })
export class WiderParameter {
  call(input: { readonly text: string }) {
    return input.text;
  }
}

@Tool(about)
export class NoInput {
  call(_: object, ctx: CallContext): readonly Passage[] {
    return [{ path: ctx.callId }];
  }
}

@Tool(about)
export class ReturnsNothing {
  async call() {}
}

// @ts-expect-error a handler must take what the input promises
@Tool({ ...about, input: Query })
export class WrongInput {
  call({ words }: { words: string[] }) {
    return words;
  }
}

// @ts-expect-error a tool without input cannot take one
@Tool(about)
export class InventedInput {
  call({ text }: Query) {
    return text;
  }
}

// @ts-expect-error the output says a number
@Tool({ ...about, input: Query, output: Count })
export class WrongOutput {
  call() {
    return { count: 'three' };
  }
}

// @ts-expect-error a promise of the wrong output is wrong too
@Tool({ ...about, output: Count })
export class WrongPromise {
  async call() {
    return 'three';
  }
}

// @ts-expect-error the method of a tool is named "call"
@Tool(about)
export class WrongMember {
  run() {
    return 'never';
  }
}

// @ts-expect-error a tool is no task: its context has no taskId
@Tool({ ...about, input: Query })
export class WrongContext {
  call(_: Query, ctx: TaskContext) {
    return ctx.taskId;
  }
}

@Task({ ...about, input: Query, output: Count, ttl: '24h', pollInterval: 500, attempts: 3 })
export class Long {
  call(_: Query, ctx: TaskContext) {
    return { count: ctx.attempt };
  }
}

@Task({ ...about, input: Query })
export class TaskThatNeedsLess {
  call(_: Query, ctx: CallContext) {
    return ctx.callId;
  }
}

// @ts-expect-error the second parameter is the context
@Task({ ...about, input: Query })
export class TaskWithWrongContext {
  call(_: Query, retries: number) {
    return retries;
  }
}

// @ts-expect-error a length of time has a unit
@Task({ ...about, ttl: '24 hours' })
export class WrongDuration {
  call() {}
}

// Standard Schemas give the type that comes out of them.
@Tool({ ...about, input: ZodQuery, output: z.object({ count: z.number() }) })
export class WithZod {
  call({ text, limit }: { text: string; limit: number }) {
    return { count: text.length + limit };
  }
}

@Tool({ ...about, input: ValibotQuery, output: v.object({ count: v.number() }) })
export class WithValibot {
  call({ text, limit }: v.InferOutput<typeof ValibotQuery>) {
    return { count: text.length + limit };
  }
}

@Tool({ ...about, input: ArkQuery })
export class WithArkType {
  call({ text, limit }: typeof ArkQuery.infer) {
    return text.slice(0, limit);
  }
}

// @ts-expect-error zod's output has a number
@Tool({ ...about, input: ZodQuery })
export class WrongZodInput {
  call({ limit }: { limit: string }) {
    return limit;
  }
}

// @ts-expect-error valibot's output has a number
@Tool({ ...about, output: v.object({ count: v.number() }) })
export class WrongValibotOutput {
  call() {
    return { count: true };
  }
}

// The same on methods, several in one class.
export class Methods {
  @Tool({ ...about, input: Query, output: Count })
  count({ text }: Query, ctx: CallContext) {
    return { count: text.length + ctx.callId.length };
  }

  @Tool({ ...about, input: ZodQuery })
  zod({ limit }: z.infer<typeof ZodQuery>) {
    return limit;
  }

  @Task({ ...about, input: ValibotQuery })
  async valibot({ text }: { text: string }, ctx: TaskContext) {
    return `${text} ${ctx.taskId}`;
  }

  @Resource({ name: 'report', uriTemplate: 'report://{id}{?page}' })
  report({ id, page }: { id: string; page?: string }) {
    return `${id} ${page ?? '1'}`;
  }

  @Prompt({ ...about, input: Query })
  prompt({ text }: Query) {
    return text;
  }

  // @ts-expect-error the input is a Query
  @Tool({ ...about, input: Query })
  wrongInput(input: number) {
    return input;
  }

  // @ts-expect-error the output is a Count
  @Tool({ ...about, output: Count })
  wrongOutput() {
    return 3;
  }

  // @ts-expect-error a tool has no TaskContext
  @Tool({ ...about, input: ZodQuery })
  wrongContext(_: object, ctx: TaskContext) {
    return ctx.taskId;
  }

  // @ts-expect-error a resource gives text, bytes, contents or an object
  @Resource({ name: 'report', uri: 'report://all' })
  wrongResource() {
    return 3;
  }

  // @ts-expect-error a field is no method
  @Tool(about)
  field = 'value';
}

@Resource({ name: 'report', uriTemplate: 'report://{id}{?page}', complete: { id: () => ['a'], page: () => ['1'] } })
export class Report {
  read({ id, page }: { id: string; page?: string }, ctx: CallContext): ReadResourceResult {
    return { contents: [{ uri: `report://${id}`, text: `${page ?? ''} ${ctx.callId}` }] };
  }
}

@Resource({ name: 'bytes', uri: 'bytes://all', size: 3 })
export class Bytes {
  read() {
    return Promise.resolve(new Uint8Array(3));
  }
}

@Resource({ name: 'maybe', uriTemplate: 'passage://{id}' })
export class Maybe {
  async read({ id }: { id: string }): Promise<Passage | undefined> {
    return id === '' ? undefined : { path: id };
  }
}

// @ts-expect-error a query variable may be absent
@Resource({ name: 'report', uriTemplate: 'report://{id}{?page}' })
export class AssumesPage {
  read({ page }: { page: string }) {
    return page;
  }
}

// @ts-expect-error the template has no such variable
@Resource({ name: 'report', uriTemplate: 'report://{id}' })
export class UnknownVariable {
  read({ key }: { key: string }) {
    return key;
  }
}

// @ts-expect-error a fixed URI has no variables
@Resource({ name: 'report', uri: 'report://all' })
export class VariableOfFixed {
  read({ id }: { id: string }) {
    return id;
  }
}

// @ts-expect-error the template has no such variable to complete
@Resource({ name: 'report', uriTemplate: 'report://{id}', complete: { key: () => [] } })
export class UnknownCompletion {
  read() {
    return '';
  }
}

// @ts-expect-error exactly one of uri and uriTemplate
@Resource({ name: 'report', uri: 'report://all', uriTemplate: 'report://{id}' })
export class Both {
  read() {
    return '';
  }
}

// @ts-expect-error exactly one of uri and uriTemplate
@Resource({ name: 'report' })
export class Neither {
  read() {
    return '';
  }
}

@Prompt({ ...about, input: Query, complete: { text: (value) => [value] } })
export class Summary {
  get({ text }: Query): GetPromptResult {
    return { messages: [{ role: 'user', content: { type: 'text', text } }] };
  }
}

// @ts-expect-error the prompt has no such argument to complete
@Prompt({ ...about, input: Query, complete: { words: () => [] } })
export class UnknownArgument {
  get() {
    return '';
  }
}

// @ts-expect-error a prompt gives text or messages
@Prompt(about)
export class WrongPrompt {
  get() {
    return 3;
  }
}

@Agent({ instructions: 'Be careful.', tools: [Whole, Methods], maxTurns: 3 })
export class Researcher {}

// @ts-expect-error an agent needs instructions
@Agent({ tools: [Whole] })
export class Speechless {}

type Same<A, B> = (<T>() => T extends A ? 1 : 2) extends <T>() => T extends B ? 1 : 2 ? true : false;
const same = <T extends true>(..._: T[]): void => undefined;

same<Same<keyof UriVariables<'a://b'>, never>>();
same<Same<UriVariables<'a://{x}/{y}'>, Readonly<{ x: string; y: string }>>>();
same<Same<UriVariables<'a://{x,y}'>, Readonly<{ x: string; y: string }>>>();
same<Same<UriVariables<'a://{+x}{#y}{.z}{/w}'>, Readonly<{ x: string; y: string; z: string; w: string }>>>();
same<Same<UriVariables<'a://b{;x}{?y,z}{&w}'>, Readonly<{ x?: string; y?: string; z?: string; w?: string }>>>();
same<Same<UriVariables<string>, Readonly<Record<string, string>>>>();

// A child's input and output are those of the task that runs it.
@Task({ ...about, input: Query, output: Count })
export class Counting {
  call({ text }: Query, ctx: TaskContext) {
    return { count: text.length + ctx.attempt };
  }
}

@Task({ ...about, input: ZodQuery })
export class Echoing {
  async call({ text }: z.infer<typeof ZodQuery>) {
    return text;
  }
}

@Task(about)
export class Idling {
  call() {}
}

@Task(about)
export class Parent {
  async call(_: object, ctx: TaskContext) {
    const { count }: Count = await ctx.task(Counting, { text: 'a', limit: 1 });
    const text: string = await ctx.task(Echoing, { text: 'a', limit: 1 }, { ttl: '1h' });
    await ctx.task(Idling, {});
    const unknown = await ctx.task(Whole, { text: 'a', limit: count }, { name: 'count' });
    // @ts-expect-error a child's output is what its handler returns
    const wrong: string = await ctx.task(Counting, { text: 'a', limit: 1 });
    // @ts-expect-error text must be a string
    await ctx.task(Counting, { text: 1, limit: 1 });
    // @ts-expect-error text is missing
    await ctx.task(Echoing, { limit: 1 });
    // @ts-expect-error no such property
    await ctx.task(Counting, { text: 'a', limit: 1, more: true });
    // @ts-expect-error a class without a call() has its tasks on methods: which one?
    await ctx.task(Query, {});
    // @ts-expect-error not a length of time
    await ctx.task(Idling, {}, { ttl: 'soon' });
    return [text, unknown, wrong].join();
  }
}

export async function starting(app: App): Promise<string> {
  const owner = 'ann';
  await app.start(Echoing, { text: 'a', limit: 1 }, { owner, ttl: '1h', idempotencyKey: 'a' });
  // @ts-expect-error whose is it?
  await app.start(Echoing, { text: 'a', limit: 1 }, {});
  // @ts-expect-error text must be a string
  await app.start(Echoing, { text: 1, limit: 1 }, { owner });
  // @ts-expect-error a class without a call() has its tasks on methods: which one?
  await app.start(Query, {}, { owner });
  return app.start(Whole, { text: 'a', limit: 1 }, { owner, name: 'count' });
}

// Approval is asked of the checked input, whose type the options know.
@Tool({ ...about, input: Count, approval: ({ count }) => count > 10, onCrash: 'fail' })
export class Approved {
  call({ count }: Count) {
    return count;
  }
}

// @ts-expect-error -- the input has no such field
@Tool({ ...about, input: Count, approval: ({ amount }) => amount > 10 })
export class ApprovedOther {
  call({ count }: Count) {
    return count;
  }
}

export const counted = agentTool({ name: 'count', input: Count, call: ({ count }) => count });
export const zodded = agentTool({ name: 'zod', input: ZodQuery, call: ({ text, limit }) => text.slice(0, limit) });
// @ts-expect-error -- the input has no such field
export const miscounted = agentTool({ name: 'count', input: Count, call: ({ amount }) => amount });

@Agent({
  instructions: 'Count.',
  description: 'Counts.',
  tools: [Whole, counted, { name: 'elsewhere', load: ({ owner }) => (owner === 'ada' ? [zodded] : []) }],
  model: [
    'client',
    (request) => Promise.resolve({ role: 'assistant', model: 'm', content: request.messages[0]?.content ?? [] }),
  ],
  budget: { time: '1m', cost: 0.5 },
})
export class Tally {}

@Agent({
  instructions: 'Count.',
  // @ts-expect-error -- no limit of that name
  budget: { minutes: 1 },
})
export class Mistally {}

// What a handler returns goes into the output's schema, and what its transforms make of it is sent.
const Day = z.object({ at: z.date().transform((at) => at.toISOString()), count: z.number().default(1) });

@Tool({ ...about, output: Day })
export class ReturnsDates {
  call() {
    return { at: new Date() };
  }
}

// @ts-expect-error the schema takes a Date
@Tool({ ...about, output: Day })
export class ReturnsWhatIsSent {
  call() {
    return { at: '2026-01-31', count: 1 };
  }
}

const Written = jsonSchema<{ count: number }>({ type: 'object', properties: { count: { type: 'number' } } });

@Tool({ ...about, input: Written, output: Written })
export class WithJsonSchema {
  call({ count }: { count: number }) {
    return { count };
  }
}

// @ts-expect-error the output has a number
@Tool({ ...about, output: Written })
export class WrongWrittenOutput {
  call() {
    return { count: 'three' };
  }
}

const Paired = jsonSchema(
  v.pipe(
    v.object({ n: v.string() }),
    v.transform(({ n }) => Number(n)),
  ),
  { type: 'object' },
);

@Tool({ ...about, input: Paired, output: Paired })
export class WithPairedSchema {
  call(n: number) {
    return { n: String(n) };
  }
}

// A union of inputs is narrowed by its discriminator.
const Change = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('add'), by: z.number() }),
  z.object({ kind: z.literal('drop') }),
]);

@Tool({ ...about, input: Change })
export class TakesUnion {
  call(change: z.infer<typeof Change>) {
    return change.kind === 'add' ? change.by : 0;
  }
}

// @ts-expect-error not every change has a number
@Tool({ ...about, input: Change })
export class TakesOneOfUnion {
  call({ by }: { by: number }) {
    return by;
  }
}

// A DTO may be inherited, generic or made by a function.
class Page<T> {
  @IsInt() page = 1;
  items!: T[];
}
class Names extends Page<string> {
  @IsString({ each: true }) declare items: string[];
}
const withLimit = <B extends Class>(Base: B) => {
  class WithLimit extends Base {
    @IsInt() limit = 10;
  }
  return WithLimit;
};
class Limited extends withLimit(Query) {}

@Tool({ ...about, input: Limited, output: Names })
export class WithInherited {
  call({ text, limit }: Limited) {
    return { page: limit, items: [text] };
  }
}

// @ts-expect-error the items are texts
@Tool({ ...about, output: Names })
export class WrongInherited {
  call() {
    return { page: 1, items: [1] };
  }
}

// What a child is given and gives back travels as JSON.
class Moment {
  @IsDate() at!: Date;
  @IsOptional() @IsString({ each: true }) tags?: Set<string>;
  label(): string {
    return this.at.toISOString();
  }
}

@Task({ ...about, input: Moment, output: Moment, schedule: { owner: 'clock', every: '1h', input: { at: 'now' } } })
export class Ticking {
  call(moment: Moment) {
    return moment;
  }
}

@Task(about)
export class Clock {
  async call(_: object, ctx: TaskContext) {
    const { at, tags }: { at: string; tags?: readonly string[] } = await ctx.task(Ticking, {
      at: '2026-01-31T12:00:00Z',
    });
    // @ts-expect-error JSON has no dates
    await ctx.task(Ticking, { at: new Date() });
    return [at, ...(tags ?? [])];
  }
}

// @ts-expect-error the input has no such field
@Task({ ...about, input: Moment, schedule: { owner: 'clock', every: '1h', input: { when: 'now' } } })
export class TickingElse {
  call() {}
}

same<
  Same<
    JsonOf<{ a?: Date; b: Set<Date>; c: [1, Date]; d(): void; e: unknown }>,
    { a?: string; b: readonly string[]; c: [1, string]; e: unknown }
  >
>();
