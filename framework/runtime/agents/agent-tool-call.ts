import type { ToolEntry } from '../../catalog/catalog.js';
import { PerduraError, ToolError } from '../../errors.js';
import type { InterceptedToolCall } from '../../metadata/agent-hooks.js';
import type { OnCrash, ToolCaller } from '../../metadata/agent-tool.js';
import type { CallToolResult, Json } from '../../spec.js';
import type { AgentToolCall } from './agent-port.js';
import { around } from './agent-interception.js';
import { refusalOf } from './approval.js';
import { errorResult } from '../call-failure.js';
import type { CallPlace } from '../call-frame.js';
import { resultOfChild } from '../journal/child-task.js';
import { startOnce } from '../journal/crash-policy.js';
import type { Effected } from '../journal/effects.js';
import { within } from '../journal/step-run.js';

/** Calls a tool for an agent, once: what it came to is recorded under the id that the model gave to the call. */
export async function callAgentTool(
  place: CallPlace,
  call: AgentToolCall,
  started: (key: string) => void,
): Promise<Effected & { readonly value: CallToolResult }> {
  const { frame, scope } = place;
  const { effects } = frame;
  const { name, input, share: meter } = call;
  let tool: ToolEntry | undefined;
  let refusal: string | undefined;
  let release = (): void => undefined;
  try {
    const effected = await effects.record(scope, {
      name: `tool:${call.useId}`,
      asked: ['tool', name, input],
      meter,
      trace: (value) => ({ name, isError: (value as CallToolResult).isError === true }),
      begin: async (key, settled) => {
        tool = await scope.activity.run(call.find);
        if (tool === undefined) refusal = call.refusal();
        // All that a turn wants to be asked about is asked together: questions wait for no slot.
        else refusal = await refusalOf(effects, scope, key, { agent: call.agent, tool, input });
        release = await call.slots.take();
        const policy = refusal === undefined && tool !== undefined ? policyOf(tool) : undefined;
        if (!policy) return;
        await startOnce(effects, scope, { policy, what: `The tool "${name}"` })(key, settled);
      },
      perform: async (key): Promise<CallToolResult> => {
        started(key);
        if (refusal !== undefined || tool === undefined) return errorResult(refusal ?? call.refusal());
        return intercepted(place, tool, key, call);
      },
    });
    return { ...effected, value: effected.value as CallToolResult };
  } finally {
    release();
  }
}

/** On whose behalf an agent calls tools, and until when. */
export function callerOf({ frame, scope }: CallPlace): ToolCaller {
  const { owner, scopes } = frame.site.principal;
  return { owner, scopes, signal: frame.effects.signalIn(scope) };
}

/** Inside of the agent's interceptors, whose refusal the model is told. */
async function intercepted(
  place: CallPlace,
  tool: ToolEntry,
  key: string,
  call: AgentToolCall,
): Promise<CallToolResult> {
  const { agent, intercept = [], input } = call;
  const caller = callerOf(place);
  try {
    return await around('tool', intercept, input, {
      see: (given): InterceptedToolCall => ({ agent, tool: tool.name, input: given, caller }),
      work: (given) => runTool(place, tool, key, { ...call, input: given }),
    });
  } catch (error) {
    if (error instanceof ToolError) return errorResult(error.message);
    throw error;
  }
}

/** As a child task where it is one and there are workers, else within the call, for at most its time. */
async function runTool(
  { frame, scope }: CallPlace,
  tool: ToolEntry,
  key: string,
  { input, timeout, share }: AgentToolCall,
): Promise<CallToolResult> {
  const { site } = frame;
  // What only agents name is in no catalog, where a worker would look for it.
  if (tool.task && site.inbox.task && frame.services.catalog?.tools.get(tool.name) === tool)
    return resultOfChild({ frame, scope }, key, { entry: tool, args: input as Json }, share);
  return scope.activity.branch(async (activity) => {
    const signal = frame.effects.signalIn(scope);
    try {
      return await within(timeout, key, signal, (own) => {
        const inner = scope.callee(key, activity, { meter: share, signal: own });
        return frame.services.callTool(tool, input, { frame, scope: inner });
      });
    } catch (error) {
      if (!(error instanceof PerduraError) || error.code !== 'STEP_TIMED_OUT' || signal.aborted) throw error;
      return errorResult(`"${tool.name}" took longer than ${timeout} ms and was stopped.`);
    }
  });
}

function policyOf({ onCrash, definition }: ToolEntry): OnCrash | undefined {
  return onCrash ?? (definition.annotations?.destructiveHint === true ? 'ask' : undefined);
}
