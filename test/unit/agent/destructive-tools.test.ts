import { agentTool } from '../../../framework/agent/agent-tool.js';
import { Agent } from '../../../framework/decorators/agent.js';
import { Tool } from '../../../framework/decorators/tool.js';
import { MemoryJournal } from '../../../framework/protocol/features/memory-journal.js';
import type { CallContext } from '../../../framework/runtime/context.js';
import { scriptedModel } from '../../../framework/testing/scripted-model.js';
import { runAgent } from './agent-fixture.js';
import { boot, siteOf, TestInbox } from '../runtime/runtime-fixture.js';

let removed = 0;
let hangs = false;

class Files {
  @Tool({ name: 'remove', description: 'Removes a file.', annotations: { destructiveHint: true } })
  async remove() {
    removed++;
    if (hangs) await new Promise(() => undefined);
    return 'removed';
  }
}

@Agent({ instructions: 'Tidy up.', tools: [Files] })
class Tidier {}

@Tool({ name: 'tidy', description: 'Lets an agent tidy up.' })
class Tidy {
  async call(_: object, ctx: CallContext) {
    return (await ctx.agent(Tidier, { prompt: 'Tidy up.' })).value;
  }
}

const TASK = { taskId: 't', attempt: 1 };

describe("an agent's destructive tool that was cut off", () => {
  const crashed = async () => {
    const model = scriptedModel([{ calls: [{ name: 'remove' }] }, 'tidy']);
    const { call } = boot([Tidy, Tidier, Files], { model });
    const journal = new MemoryJournal();
    [removed, hangs] = [0, true];
    // Never comes back, as in a process that dies.
    void call('tidy', {}, siteOf({ journal, task: { ...TASK, interrupted: false } }));
    while (removed === 0) await new Promise((resolve) => setImmediate(resolve));
    hangs = false;
    return (inbox: TestInbox, capabilities = { elicitation: {} }) =>
      call('tidy', {}, siteOf({ journal, inbox, client: { capabilities }, task: { ...TASK, interrupted: true } }));
  };

  it('asks the user, who may have it run again', async () => {
    const inbox = new TestInbox(0, () => ({ action: 'accept', content: { again: true } }));
    const outcome = await (await crashed())(inbox);
    expect(outcome).toMatchObject({ kind: 'result', result: { content: [{ text: 'tidy' }] } });
    expect(removed).toBe(2);
    expect(inbox.asked.map(({ request }) => request.params)).toMatchObject([
      { message: expect.stringContaining('The tool "remove" was interrupted') },
    ]);
  });

  it('ends the call, naming it, where the user does not want that or cannot be asked', async () => {
    const no = new TestInbox(0, () => ({ action: 'decline' }));
    const refused = {
      kind: 'result',
      result: { isError: true, content: [{ text: expect.stringContaining('use-1-0') }] },
    };
    expect(await (await crashed())(no)).toMatchObject(refused);
    expect(removed).toBe(1);
    const mute = new TestInbox();
    expect(await (await crashed())(mute, {} as never)).toMatchObject(refused);
    expect([removed, mute.asked]).toEqual([1, []]);
  });
});

describe("an agent's tool with a crash policy of its own", () => {
  const crashed = async (onCrash: 'retry' | 'fail') => {
    let runs = 0;
    const hang = { is: true };
    const risky = agentTool({
      name: 'risky',
      onCrash,
      call: async () => {
        runs++;
        if (hang.is) await new Promise(() => undefined);
        return 'done';
      },
    });

    @Agent({ instructions: 'Dare.', tools: [risky] })
    class Daredevil {}
    const model = scriptedModel([{ calls: [{ name: 'risky' }] }, 'alive']);
    const journal = new MemoryJournal();
    const dare = (interrupted: boolean) =>
      runAgent(Daredevil, { prompt: 'Go.' }, { model, journal, site: { task: { ...TASK, interrupted } } });
    void dare(false);
    while (runs === 0) await new Promise((resolve) => setImmediate(resolve));
    hang.is = false;
    return { again: () => dare(true), runs: () => runs };
  };

  it('runs again, or ends the call, as it says', async () => {
    const retry = await crashed('retry');
    expect((await retry.again()).result.value).toBe('alive');
    expect(retry.runs()).toBe(2);
    const fail = await crashed('fail');
    expect(await fail.again()).toMatchObject({ kind: 'result', result: undefined });
    expect(fail.runs()).toBe(1);
  });
});
