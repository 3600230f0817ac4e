import type { Catalog } from '../catalog/catalog.js';
import { NOTHING, resultAnswer } from './answer.js';
import { capabilities2026, offerOf } from './capabilities.js';
import type { Cancellations } from './cancellations.js';
import { type Becoming, type CallServices, serveCall } from './calls-2026-07-28.js';
import { complete } from './completion.js';
import { EarlyEnd2026 } from './early-end-2026-07-28.js';
import { SUPPORTED_VERSIONS } from './envelope-2026-07-28.js';
import type { Answer } from './exchange.js';
import type { ExtensionRow } from './extension-row.js';
import type { Incoming, Method, MethodTable } from './incoming.js';
import { CODE } from './json-rpc.js';
import { type Listed, livePages, pagedList } from './lists.js';
import type { ListKind } from './listen-filter-2026-07-28.js';
import { declaresTasks, TASKS_REQUIRED } from './missing-capabilities.js';
import { checkParamHeaders, mirroredParams } from './param-headers-2026-07-28.js';
import { promptArgumentsOf, promptOf } from './prompts.js';
import type { ProtocolHost } from './protocol.js';
import { missingCapability } from './refusal.js';
import { resourceOf } from './resources.js';
import { CACHE_FIXED, CACHE_NONE, CACHE_PRIVATE, type Results } from './results-2026-07-28.js';
import { requireScopes } from './scopes.js';
import type { Subscriptions } from './subscriptions-2026-07-28.js';
import { TaskMethods2026 } from './tasks-2026-07-28.js';
import { toolLists, type ToolView, viewed } from './tool-lists.js';
import { argumentsOf, toolOf } from './tools.js';

export interface Services2026 {
  readonly results: Results;
  readonly cancellations: Cancellations;
  readonly subscriptions: Subscriptions;
  readonly extensions: readonly ExtensionRow[];
}

/**
 * The methods of 2026-07-28. Those of a feature that the catalog has nothing of are missing: -32601, over HTTP with 404. Where one
 * comes later, its methods come with it.
 */
export function methods2026(
  host: ProtocolHost,
  { results, cancellations, subscriptions, extensions }: Services2026,
): MethodTable {
  const { catalog, runtime, pageSize, cursors, requestState } = host;
  const services: CallServices = { requestState, results, cancellations };
  const taskMethods = new TaskMethods2026(host, results);
  let mirrored = mirroredParams(catalog.tools.values());

  const list = (
    kind: ListKind,
    method: string,
    field: string,
    entries: (of: Catalog) => Iterable<Listed>,
    view?: ToolView,
  ): Method => {
    // A cache that many clients share does not know what each of them declared.
    const members = `${results.complete},${view ? CACHE_PRIVATE : CACHE_FIXED}`;
    const order = (): readonly string[] => Array.from(entries(host.whole), ({ name }) => name);
    const shape = { method, field, pageSize, cursors, members, order };
    return livePages(() => pagedList(shape, viewed([...entries(catalog)], view)), kind, host.onChange);
  };

  async function callTool(incoming: Incoming): Promise<Answer> {
    const { params, exchange, client } = incoming;
    const entry = toolOf(catalog, params);
    requireScopes(entry, exchange);
    const args = argumentsOf(params);
    const mirroredHere = mirrored.get(entry);
    if (mirroredHere && exchange.headers) checkParamHeaders(exchange.headers, mirroredHere, args);
    const knowsTasks = declaresTasks(client.capabilities);
    if (entry.task && !entry.task.attached && knowsTasks) {
      // A call that was begun in the foreground ends there, and arguments that do not fit are told of at once.
      const isNew = params['requestState'] === undefined;
      const early = new EarlyEnd2026(incoming, cancellations);
      try {
        const { ok } = isNew ? await entry.input.validate(args) : { ok: false };
        if (early.hasCome) return NOTHING;
        if (ok) return await taskMethods.createUnless(() => early.hasCome, incoming, entry, args);
      } finally {
        early.stop();
      }
    } else if (entry.task?.support === 'required' && !knowsTasks) {
      throw missingCapability(TASKS_REQUIRED);
    }
    const asTask = entry.task;
    const canBecome = asTask?.attached === true && knowsTasks;
    const become: Becoming | undefined = canBecome
      ? {
          create: (begun) => taskMethods.create(incoming, entry, args, begun),
          cancel: (taskId) => taskMethods.drop(exchange.principal.owner, entry, taskId),
        }
      : undefined;
    return serveCall(
      incoming,
      { name: entry.name, args, asTask, become, run: (site) => runtime.callTool(entry, args, site) },
      services,
    );
  }

  async function readResource(incoming: Incoming): Promise<Answer> {
    const { entry, uri, variables } = resourceOf(catalog, incoming.params, CODE.invalidParams);
    requireScopes(entry, incoming.exchange);
    return serveCall(
      incoming,
      { name: uri, args: {}, extra: CACHE_NONE, run: (site) => runtime.readResource(entry, uri, variables, site) },
      services,
    );
  }

  async function getPrompt(incoming: Incoming): Promise<Answer> {
    const entry = promptOf(catalog, incoming.params);
    requireScopes(entry, incoming.exchange);
    const args = promptArgumentsOf(incoming.params);
    return serveCall(
      incoming,
      { name: entry.name, args, run: (site) => runtime.getPrompt(entry, args, site) },
      services,
    );
  }

  const { instructions } = host;
  const discovered = (): string => {
    const capabilities = capabilities2026(offerOf(host.whole), extensions);
    const own = JSON.stringify({ supportedVersions: SUPPORTED_VERSIONS, capabilities, instructions });
    return `{${results.complete},${CACHE_FIXED},${own.slice(1)}`;
  };
  let discover = discovered();

  const table = new Map<string, Method>([
    ['server/discover', ({ id }) => resultAnswer(id, discover)],
    ['subscriptions/listen', (incoming) => subscriptions.listen(incoming)],
  ]);
  const grow = (): void => {
    const offer = offerOf(host.whole);
    if (offer.tools && !table.has('tools/call')) {
      table.set(
        'tools/list',
        toolLists(extensions, (view) => list('tools', 'tools/list', 'tools', ({ tools }) => tools.values(), view)),
      );
      table.set('tools/call', callTool);
    }
    if (offer.resources && !table.has('resources/read')) {
      table.set(
        'resources/list',
        list('resources', 'resources/list', 'resources', ({ resources }) => resources.values()),
      );
      table.set(
        'resources/templates/list',
        list('resources', 'resources/templates/list', 'resourceTemplates', ({ templates }) => templates),
      );
      table.set('resources/read', readResource);
    }
    if (offer.prompts && !table.has('prompts/get')) {
      table.set(
        'prompts/list',
        list('prompts', 'prompts/list', 'prompts', ({ prompts }) => prompts.values()),
      );
      table.set('prompts/get', getPrompt);
    }
    if (offer.completions && !table.has('completion/complete')) {
      table.set('completion/complete', async (incoming) =>
        results.answer(incoming.id, await complete(catalog, incoming)),
      );
    }
  };
  grow();
  host.onChange(({ kind }) => {
    if (kind === 'resource') return;
    mirrored = mirroredParams(catalog.tools.values());
    discover = discovered();
    grow();
  });
  for (const { methods } of extensions) for (const [name, method] of methods) table.set(name, method);
  return table;
}
