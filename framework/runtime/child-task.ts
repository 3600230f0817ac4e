import type { Catalog, ToolEntry } from '../catalog/catalog.js';
import { PerduraError, ToolError } from '../errors.js';
import type { Class } from '../metadata/class.js';
import { milliseconds } from '../metadata/duration.js';
import type { CallToolResult, Json } from '../spec.js';
import type { CallPlace } from './call-frame.js';
import type { ChildOptions } from './context.js';
import { journalValue } from './journal-value.js';

/** `ctx.task`: runs a task as a child where there are workers, else within the call. */
export async function runChild(
  { frame, scope, agent }: CallPlace,
  target: Class,
  input: unknown,
  { name, ttl }: ChildOptions = {},
): Promise<unknown> {
  const { effects, services } = frame;
  const entry = taskOf(services.catalog, target, name);
  const step = `task:${entry.name}`;
  const args = (journalValue(input, step) ?? {}) as Json;
  const wish = ttl === undefined ? {} : { ttl: milliseconds(ttl) };
  const { value } = await effects.record(scope, {
    name: step,
    asked: ['task', entry.name, args],
    perform: async (key, settled) => {
      const { inbox } = effects.site;
      // A child that failed is not the one that a later attempt waits for.
      const own = settled === 0 ? key : `${key}@${settled + 1}`;
      const result = inbox.task
        ? await effects.wait(scope, inbox.task(own, { entry, args, ...wish }))
        : await scope.activity.branch((activity) =>
            services.callTool(entry, args, { frame, scope: scope.callee(key, activity), agent }),
          );
      if (result.isError === true) throw new ToolError(textOf(result) ?? `The task "${entry.name}" failed.`);
      return entry.output ? result.structuredContent : textOf(result);
    },
  });
  return value;
}

function taskOf(catalog: Catalog | undefined, target: Class, name: string | undefined): ToolEntry {
  const tasks = [...(catalog?.tools.values() ?? [])].filter(
    (entry) => entry.target === target && entry.task && (name === undefined || entry.name === name),
  );
  const [entry] = tasks;
  if (!entry || tasks.length > 1) throw PerduraError.of('UNKNOWN_TASK', target.name, name ?? '', tasks.length);
  return entry;
}

const textOf = ({ content }: CallToolResult): string | undefined => {
  const texts = content.flatMap((block) => (block.type === 'text' ? [block.text] : []));
  return texts.length > 0 ? texts.join('\n') : undefined;
};
