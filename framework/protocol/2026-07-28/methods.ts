import { NOTHING, resultAnswer } from '../messages/answer.js';
import { capabilities2026, offerOf } from '../features/capabilities.js';
import type { Cancellations } from '../messages/cancellations.js';
import { type Becoming, type CallServices, serveCall } from './calls.js';
import { complete } from '../features/completion.js';
import { EarlyEnd2026 } from './early-end.js';
import { SUPPORTED_VERSIONS } from './envelope.js';
import type { Answer } from '../messages/exchange.js';
import type { ExtensionRow } from '../extensions/extension-row.js';
import { addFeatures } from '../features/feature-methods.js';
import type { Incoming, Method, MethodTable } from '../messages/incoming.js';
import { CODE } from '../messages/json-rpc.js';
import { checkParamHeaders, mirroredParams } from './param-headers.js';
import { promptArgumentsOf, promptOf } from '../features/prompts.js';
import type { ProtocolHost } from '../protocol.js';
import { missingCapability } from '../messages/refusal.js';
import { resourceOf } from '../features/resources.js';
import { CACHE_FIXED, CACHE_NONE, CACHE_PRIVATE, type Results } from './results.js';
import { requireScopes } from '../features/scopes.js';
import type { Subscriptions } from './subscriptions.js';
import { declaresTasks, TaskMethods2026, TASKS_REQUIRED } from './tasks.js';
import { argumentsOf, toolOf } from '../features/tools.js';

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
  const { catalog, runtime, requestState } = host;
  const services: CallServices = { requestState, results, cancellations };
  const taskMethods = new TaskMethods2026(host, results);
  let mirrored = mirroredParams(catalog.tools.values());

  async function callTool(incoming: Incoming): Promise<Answer> {
    const { params, exchange } = incoming;
    const entry = toolOf(catalog, params);
    requireScopes(entry, exchange);
    const args = argumentsOf(params);
    const mirroredHere = mirrored.get(entry);
    if (mirroredHere && exchange.headers) checkParamHeaders(exchange.headers, mirroredHere, args);
    const knowsTasks = declaresTasks(incoming);
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
  addFeatures(table, host, extensions, {
    tools: ({ tools }) => tools.values(),
    // A cache that many clients share does not know what each of them declared.
    members: (view) => `${results.complete},${view ? CACHE_PRIVATE : CACHE_FIXED}`,
    callTool,
    readResource,
    getPrompt,
    complete: async (incoming) => results.answer(incoming.id, await complete(catalog, incoming)),
  });
  host.onChange(({ kind }) => {
    if (kind === 'resource') return;
    mirrored = mirroredParams(catalog.tools.values());
    discover = discovered();
  });
  for (const { methods } of extensions) for (const [name, method] of methods) table.set(name, method);
  return table;
}
