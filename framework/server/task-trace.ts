import { ProtocolError } from '../errors.js';
import { declare } from '../metadata/declarations.js';
import { markInjectable, recordToken } from '../metadata/dependencies.js';
import type { CallContext } from '../runtime/context.js';
import type { Principal } from '../runtime/principal.js';
import type { Trace } from '../runtime/trace/trace.js';

/** Where the resource finds the traces of an app's tasks; `createApp` provides it. */
export class TaskTraces {
  constructor(readonly of: (principal: Principal, taskId: string) => Promise<Trace | undefined>) {}
}

/**
 * The resource `task://{taskId}/trace`: the {@link Trace} of a task as JSON, for whoever made the task, with the scopes of its
 * tool, and nobody else. Listed in
 * `createApp({ use: [TaskTrace] })`, it is offered as a template. Any other id, another's task included, is not found.
 */
export class TaskTrace {
  constructor(private readonly traces: TaskTraces) {}

  async read({ taskId }: { readonly taskId: string }, { principal, revision }: CallContext): Promise<string> {
    const trace = await this.traces.of(principal, taskId);
    if (trace) return JSON.stringify(trace);
    // The revisions disagree on the code (server/resources, "Error Handling").
    const uri = `task://${taskId}/trace`;
    throw new ProtocolError(revision === '2025-11-25' ? -32002 : -32602, 'Resource not found', { uri });
  }
}

// What `@Resource` does; this layer is below the decorators' users, not one of them.
markInjectable(TaskTrace);
recordToken(TaskTrace, 0, TaskTraces, false);
declare({
  kind: 'resource',
  target: TaskTrace,
  member: 'read',
  on: 'class',
  options: {
    name: 'task-trace',
    description: 'What a task has done: agents, model turns, tools, waits and child tasks, with times and usage.',
    uriTemplate: 'task://{taskId}/trace',
    mimeType: 'application/json',
  },
});
