import type { CallToolResult } from '../spec.js';
import { resultAnswer } from './answer.js';
import { serveCall } from './calls-2025-11-25.js';
import { offerOf } from './capabilities.js';
import { complete } from './completion.js';
import type { Answer } from './exchange.js';
import type { Incoming2025 } from './incoming-2025-11-25.js';
import type { Method, MethodTable } from './incoming.js';
import { CODE } from './json-rpc.js';
import { listAnswer, pagedList } from './lists.js';
import { isLoggingLevel } from './logging.js';
import { promptArgumentsOf, promptOf } from './prompts.js';
import type { ProtocolHost } from './protocol.js';
import { invalidParams } from './refusal.js';
import { resourceOf } from './resources.js';
import { TaskMethods2025, wrongWayToCall } from './tasks-2025-11-25.js';
import { argumentsOf, definition2025, result2025, toolOf } from './tools.js';

type Method2025 = Method<Incoming2025>;

/** The methods of a 2025-11-25 session. Those of a feature that the catalog has nothing of are missing. */
export function methods2025(host: ProtocolHost, canListTasks: boolean): MethodTable<Incoming2025> {
  const { catalog, runtime, pageSize } = host;
  const offer = offerOf(catalog);
  const tasks = new TaskMethods2025(host.tasks, pageSize);

  const list = (field: string, definitions: readonly object[]): Method2025 => {
    const pages = pagedList(field, definitions, pageSize);
    return (incoming) => listAnswer(pages, incoming);
  };
  const definitions = (entries: Iterable<{ readonly definition: object }>): readonly object[] =>
    [...entries].map(({ definition }) => definition);

  async function callTool(incoming: Incoming2025): Promise<Answer> {
    const { params } = incoming;
    const entry = toolOf(catalog, params);
    const args = argumentsOf(params);
    // A server without tasks must ignore that one was asked for.
    const asTask = offer.tasks && params['task'] !== undefined;
    if (asTask && !entry.task) throw wrongWayToCall(entry.name, 'does not run as a task; call it without "task"');
    if (entry.task) {
      if (!asTask && entry.task.support === 'required')
        throw wrongWayToCall(entry.name, 'runs as a task only; call it with "task"');
      const checked = await entry.input.validate(args);
      if (checked.ok) return asTask ? tasks.create(incoming, entry, args) : tasks.runInline(incoming, entry, args);
      if (asTask) {
        const issues = checked.issues.map(({ path, message }) => (path === '' ? message : `${path}: ${message}`));
        throw invalidParams(`Invalid arguments: ${issues.join('; ')}`);
      }
      // Falls through: the runtime says what is wrong in a result that a model can learn from (SEP-1303).
    }
    return serveCall<CallToolResult>(incoming, (site) => runtime.callTool(entry, args, site), result2025);
  }

  async function readResource(incoming: Incoming2025): Promise<Answer> {
    const { entry, uri, variables } = resourceOf(catalog, incoming.params, CODE.resourceNotFound);
    return serveCall(incoming, (site) => runtime.readResource(entry, uri, variables, site));
  }

  async function getPrompt(incoming: Incoming2025): Promise<Answer> {
    const entry = promptOf(catalog, incoming.params);
    const args = promptArgumentsOf(incoming.params);
    return serveCall(incoming, (site) => runtime.getPrompt(entry, args, site));
  }

  function setLogLevel({ id, params, session }: Incoming2025): Answer {
    if (!isLoggingLevel(params['level'])) throw invalidParams('"level" is no log level.');
    session.setLogLevel(params['level']);
    return resultAnswer(id, '{}');
  }

  const table = new Map<string, Method2025>([
    ['ping', ({ id }) => resultAnswer(id, '{}')],
    ['logging/setLevel', setLogLevel],
  ]);
  if (offer.tools) {
    table.set('tools/list', list('tools', [...catalog.tools.values()].map(definition2025)));
    table.set('tools/call', callTool);
  }
  if (offer.resources) {
    table.set('resources/list', list('resources', definitions(catalog.resources.values())));
    table.set('resources/templates/list', list('resourceTemplates', definitions(catalog.templates)));
    table.set('resources/read', readResource);
  }
  if (offer.prompts) {
    table.set('prompts/list', list('prompts', definitions(catalog.prompts.values())));
    table.set('prompts/get', getPrompt);
  }
  if (offer.completions) {
    table.set('completion/complete', async ({ id, params }) =>
      resultAnswer(id, JSON.stringify(await complete(catalog, params))),
    );
  }
  if (offer.tasks) {
    table.set('tasks/get', (incoming) => tasks.get(incoming));
    table.set('tasks/result', (incoming) => tasks.result(incoming));
    table.set('tasks/cancel', (incoming) => tasks.cancel(incoming));
    if (canListTasks) table.set('tasks/list', (incoming) => tasks.list(incoming));
  }
  return table;
}
