import { resultAnswer } from './answer.js';
import { capabilities2026, offerOf } from './capabilities.js';
import type { Cancellations } from './cancellations.js';
import { type CallServices, serveCall } from './calls-2026-07-28.js';
import { complete } from './completion.js';
import { SUPPORTED_VERSIONS } from './envelope-2026-07-28.js';
import type { Answer } from './exchange.js';
import type { Incoming, Method, MethodTable } from './incoming.js';
import { CODE } from './json-rpc.js';
import { listAnswer, pagedList } from './lists.js';
import { declaresTasks, TASKS_REQUIRED } from './missing-capabilities.js';
import { checkParamHeaders, mirroredParams } from './param-headers-2026-07-28.js';
import { promptArgumentsOf, promptOf } from './prompts.js';
import type { ProtocolHost } from './protocol.js';
import { missingCapability } from './refusal.js';
import { resourceOf } from './resources.js';
import { CACHE_FIXED, CACHE_NONE, type Results } from './results-2026-07-28.js';
import type { Subscriptions } from './subscriptions-2026-07-28.js';
import { TaskMethods2026 } from './tasks-2026-07-28.js';
import { argumentsOf, toolOf } from './tools.js';

export interface Services2026 {
  readonly results: Results;
  readonly cancellations: Cancellations;
  readonly subscriptions: Subscriptions;
}

/** The methods of 2026-07-28. Those of a feature that the catalog has nothing of are missing: -32601, over HTTP with 404. */
export function methods2026(host: ProtocolHost, { results, cancellations, subscriptions }: Services2026): MethodTable {
  const { catalog, runtime, tasks, pageSize, requestState } = host;
  const offer = offerOf(catalog);
  const services: CallServices = { requestState, results, cancellations };
  const taskMethods = new TaskMethods2026(tasks, results);
  const mirrored = mirroredParams(catalog.tools.values());

  const list = (field: string, entries: Iterable<{ readonly definition: object }>): Method => {
    const definitions = [...entries].map(({ definition }) => definition);
    const pages = pagedList(field, definitions, pageSize, `${results.complete},${CACHE_FIXED}`);
    return (incoming) => listAnswer(pages, incoming);
  };

  async function callTool(incoming: Incoming): Promise<Answer> {
    const { params, exchange, client } = incoming;
    const entry = toolOf(catalog, params);
    const args = argumentsOf(params);
    const mirroredHere = mirrored.get(entry);
    if (mirroredHere && exchange.headers) checkParamHeaders(exchange.headers, mirroredHere, args);
    if (entry.task && declaresTasks(client.capabilities)) {
      // A call that was begun in the foreground ends there, and arguments that do not fit are told of at once.
      const isNew = params['requestState'] === undefined;
      if (isNew && (await entry.input.validate(args)).ok) return taskMethods.create(incoming, entry, args);
    } else if (entry.task?.support === 'required') {
      throw missingCapability(TASKS_REQUIRED);
    }
    const asTask = entry.task;
    return serveCall(
      incoming,
      { name: entry.name, args, asTask, run: (site) => runtime.callTool(entry, args, site) },
      services,
    );
  }

  async function readResource(incoming: Incoming): Promise<Answer> {
    const { entry, uri, variables } = resourceOf(catalog, incoming.params, CODE.invalidParams);
    return serveCall(
      incoming,
      { name: uri, args: {}, extra: CACHE_NONE, run: (site) => runtime.readResource(entry, uri, variables, site) },
      services,
    );
  }

  async function getPrompt(incoming: Incoming): Promise<Answer> {
    const entry = promptOf(catalog, incoming.params);
    const args = promptArgumentsOf(incoming.params);
    return serveCall(
      incoming,
      { name: entry.name, args, run: (site) => runtime.getPrompt(entry, args, site) },
      services,
    );
  }

  const { instructions } = host;
  const discovered = JSON.stringify({
    supportedVersions: SUPPORTED_VERSIONS,
    capabilities: capabilities2026(offer),
    instructions,
  });
  const discover = `{${results.complete},${CACHE_FIXED},${discovered.slice(1)}`;

  const table = new Map<string, Method>([
    ['server/discover', ({ id }) => resultAnswer(id, discover)],
    ['subscriptions/listen', (incoming) => subscriptions.listen(incoming)],
  ]);
  if (offer.tools) {
    table.set('tools/list', list('tools', catalog.tools.values()));
    table.set('tools/call', callTool);
  }
  if (offer.resources) {
    table.set('resources/list', list('resources', catalog.resources.values()));
    table.set('resources/templates/list', list('resourceTemplates', catalog.templates));
    table.set('resources/read', readResource);
  }
  if (offer.prompts) {
    table.set('prompts/list', list('prompts', catalog.prompts.values()));
    table.set('prompts/get', getPrompt);
  }
  if (offer.completions) {
    table.set('completion/complete', async ({ id, params }) => results.answer(id, await complete(catalog, params)));
  }
  if (offer.tasks) {
    table.set('tasks/get', (incoming) => taskMethods.get(incoming));
    table.set('tasks/update', (incoming) => taskMethods.update(incoming));
    table.set('tasks/cancel', (incoming) => taskMethods.cancel(incoming));
  }
  return table;
}
