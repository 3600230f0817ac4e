import { Tool } from '../../../framework/decorators/tool.js';
import type { Class } from '../../../framework/metadata/class.js';
import { MemoryJournal } from '../../../framework/protocol/features/memory-journal.js';
import type { CallSite } from '../../../framework/runtime/call.js';
import type { AgentRequest, AgentResult, CallContext } from '../../../framework/runtime/context.js';
import type { RuntimeOptions } from '../../../framework/runtime/create-runtime.js';
import type { SamplingMessage } from '../../../framework/spec.js';
import { boot, siteOf } from '../runtime/runtime-fixture.js';

/** What the agent of the last {@link runAgent} came to. */
export interface Ran {
  readonly result: AgentResult<unknown>;
  readonly error: unknown;
  readonly journal: MemoryJournal;
  readonly reports: readonly { readonly error: unknown }[];
  readonly kind: string;
}

/** Runs an agent in a call of its own; the model and the rest of the app are `options`. */
export async function runAgent(
  agent: Class,
  request: AgentRequest<unknown>,
  { use = [], journal = new MemoryJournal(), site = {}, ...options }: AgentSetting,
): Promise<Ran> {
  let result: AgentResult<unknown> | undefined;
  let error: unknown;

  @Tool({ name: 'run_agent', description: 'Runs the agent.' })
  class Run {
    async call(_: object, ctx: CallContext) {
      try {
        result = await ctx.agent(agent, request);
      } catch (thrown) {
        error = thrown;
      }
    }
  }
  const { call, reports } = boot([Run, agent, ...use], options);
  const { kind } = await call('run_agent', {}, siteOf({ journal, ...site }));
  return { result: result as AgentResult<unknown>, error, journal, reports, kind };
}

interface AgentSetting extends Partial<Omit<RuntimeOptions, 'catalog'>> {
  readonly use?: readonly Class[];
  readonly journal?: MemoryJournal;
  readonly site?: Partial<Omit<CallSite, 'journal'>>;
}

/** What a message tells a model of each tool call: `id text`, with a `!` after the id of an error. */
export function toldOf(message: SamplingMessage | undefined): readonly string[] {
  return [message?.content ?? []].flat().map((block) => {
    if (block.type !== 'tool_result') return block.type;
    const texts = block.content.map((part) => ('text' in part ? part.text : part.type));
    return `${block.toolUseId}${block.isError ? '!' : ''} ${texts.join()}`;
  });
}
