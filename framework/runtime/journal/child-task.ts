import { taskOf } from '../../catalog/task-of.js';
import { ToolError } from '../../errors.js';
import type { Class } from '../../metadata/class.js';
import { milliseconds } from '../../metadata/duration.js';
import type { CallToolResult, Json } from '../../spec.js';
import type { CallPlace } from '../call-frame.js';
import type { ChildOptions } from '../context.js';
import type { ChildRequest, Inbox } from './inbox.js';
import { journalValue } from './journal-value.js';
import type { Meter } from '../budget/meter.js';

/** `ctx.task`: runs a task as a child where there are workers, else within the call. */
export async function runChild(
  { frame, scope }: CallPlace,
  target: Class,
  input: unknown,
  { name, ttl }: ChildOptions = {},
): Promise<unknown> {
  const { effects, services } = frame;
  const entry = taskOf(services.catalog, target, name);
  const step = `task:${entry.name}`;
  const args = (journalValue(input, step) ?? {}) as Json;
  const wish = ttl === undefined ? {} : { ttl: milliseconds(ttl) };
  // Before anything is waited for: of several that code starts at once, the first has what is left.
  const division = scope.meter?.divide(1);
  const meter = division?.shares[0];
  try {
    const { value } = await effects.record(scope, {
      name: step,
      asked: ['task', entry.name, args],
      meter,
      perform: async (key, settled) => {
        // A child that failed is not the one that a later attempt waits for.
        const own = settled === 0 ? key : `${key}@${settled + 1}`;
        const result = effects.site.inbox.task
          ? await resultOfChild({ frame, scope }, own, { entry, args, ...wish }, meter)
          : await scope.activity.branch((activity) =>
              services.callTool(entry, args, { frame, scope: scope.callee(key, activity, { meter }) }),
            );
        if (result.isError === true) throw new ToolError(textOf(result) ?? `The task "${entry.name}" failed.`);
        return entry.output ? result.structuredContent : textOf(result);
      },
    });
    return value;
  } finally {
    division?.end();
  }
}

/** Has a worker run a child task with what is left in `meter`, and counts there what it used. */
export async function resultOfChild(
  { frame, scope }: CallPlace,
  key: string,
  child: ChildRequest,
  meter: Meter | undefined,
): Promise<CallToolResult> {
  const { inbox } = frame.site as { readonly inbox: Required<Pick<Inbox, 'task'>> };
  const given = { ...child, ...(meter && { allowance: meter.rest }) };
  const { result, usage } = await frame.effects.wait(scope, inbox.task(key, given));
  meter?.add(usage ?? {});
  return result;
}

const textOf = ({ content }: CallToolResult): string | undefined => {
  const texts = content.flatMap((block) => (block.type === 'text' ? [block.text] : []));
  return texts.length > 0 ? texts.join('\n') : undefined;
};
