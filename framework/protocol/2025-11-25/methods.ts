import type { Catalog } from '../../catalog/catalog.js';
import type { CallSite } from '../../runtime/call.js';
import type { Outcome } from '../../runtime/runtime.js';
import type { CallToolResult } from '../../spec.js';
import type { BegunCall } from '../../tasks/tasks.js';
import { NOTHING, resultAnswer } from '../messages/answer.js';
import { serveCall } from './calls.js';
import { offerOf } from '../features/capabilities.js';
import { complete } from '../features/completion.js';
import type { Answer } from '../messages/exchange.js';
import type { ExtensionRow } from '../extensions/extension-row.js';
import { addFeatures } from '../features/feature-methods.js';
import type { Incoming2025 } from './incoming.js';
import type { Method, MethodTable } from '../messages/incoming.js';
import { CODE } from '../messages/json-rpc.js';
import type { Listed } from '../features/lists.js';
import { isLoggingLevel } from '../messages/logging.js';
import { promptArgumentsOf, promptOf } from '../features/prompts.js';
import type { ProtocolHost } from '../protocol.js';
import { invalidParams } from '../messages/refusal.js';
import { resourceOf, uriOf } from '../features/resources.js';
import { requireScopes } from '../features/scopes.js';
import { EarlyEnd, TaskMethods2025, wrongWayToCall } from './tasks.js';
import { argumentsOf, definition2025, result2025, toolOf } from '../features/tools.js';

type Method2025 = Method<Incoming2025>;

const tools2025 = ({ tools }: Catalog): readonly Listed[] =>
  Array.from(tools.values(), (entry) => ({ name: entry.name, definition: definition2025(entry) }));

/**
 * The methods of 2025-11-25 sessions. Those of a feature that the catalog has nothing of are missing. Where one comes later,
 * its methods come with it.
 */
export function methods2025(
  host: ProtocolHost,
  canListTasks: boolean,
  extensions: readonly ExtensionRow<Incoming2025>[],
): MethodTable<Incoming2025> {
  const { catalog, runtime } = host;
  // No task comes later.
  const hasTasks = offerOf(host.whole).tasks;
  const tasks = new TaskMethods2025(host);

  async function callTool(incoming: Incoming2025): Promise<Answer> {
    const { params } = incoming;
    const entry = toolOf(catalog, params);
    requireScopes(entry, incoming.exchange);
    const args = argumentsOf(params);
    // A server without tasks must ignore that one was asked for.
    const asTask = hasTasks && params['task'] !== undefined;
    const run = (site: CallSite): Promise<Outcome<CallToolResult>> => runtime.callTool(entry, args, site);
    if (asTask && !entry.task) throw wrongWayToCall(entry.name, 'does not run as a task; call it without "task"');
    if (entry.task) {
      if (!asTask && entry.task.support === 'required')
        throw wrongWayToCall(entry.name, 'runs as a task only; call it with "task"');
      const early = new EarlyEnd(incoming);
      const checked = await Promise.resolve(entry.input.validate(args)).finally(() => early.stop());
      if (early.why && !asTask) return NOTHING;
      const become = (begun?: BegunCall): Promise<Answer> =>
        asTask ? tasks.create(incoming, entry, args, begun) : tasks.runInline(incoming, entry, args, begun);
      if (checked.ok)
        return entry.task.attached
          ? serveCall(incoming, run, result2025, { settings: entry.task, isWanted: asTask, become })
          : become();
      if (asTask) {
        const issues = checked.issues.map(({ path, message }) => (path === '' ? message : `${path}: ${message}`));
        throw invalidParams(`Invalid arguments: ${issues.join('; ')}`);
      }
      // Falls through: the runtime says what is wrong in a result that a model can learn from (SEP-1303).
    }
    return serveCall(incoming, run, result2025);
  }

  async function readResource(incoming: Incoming2025): Promise<Answer> {
    const { entry, uri, variables } = resourceOf(catalog, incoming.params, CODE.resourceNotFound);
    requireScopes(entry, incoming.exchange);
    return serveCall(incoming, (site) => runtime.readResource(entry, uri, variables, site));
  }

  async function getPrompt(incoming: Incoming2025): Promise<Answer> {
    const entry = promptOf(catalog, incoming.params);
    requireScopes(entry, incoming.exchange);
    const args = promptArgumentsOf(incoming.params);
    return serveCall(incoming, (site) => runtime.getPrompt(entry, args, site));
  }

  function setLogLevel({ id, params, session }: Incoming2025): Answer {
    if (!isLoggingLevel(params['level'])) throw invalidParams('"level" is no log level.');
    session.setLogLevel(params['level']);
    return resultAnswer(id, '{}');
  }

  async function subscribe({ id, params, session, exchange }: Incoming2025): Promise<Answer> {
    requireScopes(resourceOf(catalog, params, CODE.resourceNotFound).entry, exchange);
    await session.subscribe(uriOf(params));
    return resultAnswer(id, '{}');
  }

  async function unsubscribe({ id, params, session }: Incoming2025): Promise<Answer> {
    await session.unsubscribe(uriOf(params));
    return resultAnswer(id, '{}');
  }

  const table = new Map<string, Method2025>([
    ['ping', ({ id }) => resultAnswer(id, '{}')],
    ['logging/setLevel', setLogLevel],
  ]);
  addFeatures(table, host, extensions, {
    tools: tools2025,
    callTool,
    readResource,
    ofResources: [
      ['resources/subscribe', subscribe],
      ['resources/unsubscribe', unsubscribe],
    ],
    getPrompt,
    complete: async (incoming) => resultAnswer(incoming.id, JSON.stringify(await complete(catalog, incoming))),
  });
  if (hasTasks) {
    table.set('tasks/get', (incoming) => tasks.get(incoming));
    table.set('tasks/result', (incoming) => tasks.result(incoming));
    table.set('tasks/cancel', (incoming) => tasks.cancel(incoming));
    if (canListTasks) table.set('tasks/list', (incoming) => tasks.list(incoming));
  }
  for (const { methods } of extensions) for (const [name, method] of methods) table.set(name, method);
  return table;
}
