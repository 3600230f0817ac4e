import { IsInt } from 'class-validator';
import { agentTool } from '../../../framework/agent/agent-tool.js';
import { Agent } from '../../../framework/decorators/agent.js';
import { Task } from '../../../framework/decorators/task.js';
import { Tool } from '../../../framework/decorators/tool.js';
import type { CallContext } from '../../../framework/runtime/context.js';
import { MemoryJournal } from '../../../framework/protocol/features/memory-journal.js';
import { createApp } from '../../../framework/server/assembly/create-app.js';
import { scriptedModel } from '../../../framework/testing/scripted-model.js';
import { checkedConnect as connect } from '../../checked-connect.js';
import { TestInbox } from '../runtime/runtime-fixture.js';
import { runAgent, toldOf } from './agent-fixture.js';

class Amount {
  @IsInt() amount!: number;
}

const paid: number[] = [];

@Tool({ name: 'pay', description: 'Pays.', input: Amount, approval: ({ amount }) => amount > 10 })
class Pay {
  call({ amount }: Amount) {
    paid.push(amount);
    return `paid ${amount}`;
  }
}

const launch = agentTool({ name: 'launch', approval: true, call: () => 'launched' });

@Agent({ instructions: 'Pay what is due.', tools: [Pay, launch] })
class Clerk {}

class Bills {
  @Task({ name: 'settle', description: 'Settles the bills.' })
  @Tool({ name: 'settle_now', description: 'Settles them while you wait.' })
  async settle(_: object, ctx: CallContext) {
    return (await ctx.agent(Clerk, { prompt: 'Settle.' })).value;
  }
}

const pay = (amount: unknown) => ({ name: 'pay', input: { amount } });

beforeEach(() => paid.splice(0));

describe.each(['2025-11-25', '2026-07-28'] as const)(
  'a tool that needs approval, called by an agent on %s',
  (revision) => {
    const settle = async (answer: (message: string) => object, asTask: boolean) => {
      const model = scriptedModel([{ calls: [pay(5), pay(50), pay(70), { name: 'launch' }, pay('x')] }, 'Settled.']);
      const app = await createApp({ name: 'bank', version: '1.0.0', use: [Bills, Clerk, Pay], model });
      const asked: string[] = [];
      const elicit = (params: { readonly message: string }) => {
        asked.push(params.message);
        return answer(params.message);
      };
      const client = await connect(app, { revision, elicit: elicit as never });
      const { content } = await (asTask ? client.runTask('settle') : client.callTool('settle_now'));
      await app.close();
      return { asked, told: toldOf(model.requests[1]?.messages.at(-1)), content, requests: model.requests };
    };

    it.each([true, false])(
      'runs where the user allows it, and tells the model where not (as a task: %s)',
      async (asTask) => {
        const { asked, told, content } = await settle((message) => {
          if (message.includes('launch')) return { action: 'decline' };
          return { action: 'accept', content: { allow: message.includes('50') } };
        }, asTask);
        expect(content).toMatchObject([{ text: 'Settled.' }]);
        expect(asked.sort()).toEqual([
          'The agent "Clerk" wants to call the tool "launch" with {}. Do you allow it?',
          'The agent "Clerk" wants to call the tool "pay" with {"amount":50}. Do you allow it?',
          'The agent "Clerk" wants to call the tool "pay" with {"amount":70}. Do you allow it?',
        ]);
        expect(told).toEqual([
          'use-1-0 paid 5',
          'use-1-1 paid 50',
          expect.stringMatching(/^use-1-2! The user did not allow this call of "pay"/),
          expect.stringMatching(/^use-1-3! The user did not allow this call of "launch"/),
          expect.stringMatching(/^use-1-4! The arguments of "pay" are not valid/),
        ]);
        expect(paid).toEqual([5, 50]);
      },
    );
  },
);

describe('the approvals of an agent', () => {
  const turns = [{ calls: [pay(20), pay(30)] }, 'Settled.'];

  it('are asked together, however few tools run at a time, and never again once they are answered', async () => {
    @Agent({ name: 'Clerk', instructions: 'One by one.', tools: [Pay], concurrency: 1 })
    class Slow {}
    const journal = new MemoryJournal();
    const model = scriptedModel(turns);
    const first = new TestInbox();
    expect(await runAgent(Slow, { prompt: 'Pay.' }, { model, journal, site: { inbox: first } })).toMatchObject({
      kind: 'parked',
    });
    expect(first.asked).toHaveLength(2);
    const yes = new TestInbox(0, () => ({ action: 'accept', content: { allow: true } }));
    const second = await runAgent(Slow, { prompt: 'Pay.' }, { model, journal, site: { inbox: yes } });
    expect(second.result.value).toBe('Settled.');
    expect(paid).toEqual([20, 30]);
    const mute = new TestInbox();
    const third = await runAgent(Slow, { prompt: 'Pay.' }, { model, journal, site: { inbox: mute } });
    expect(third.result).toEqual(second.result);
    expect([mute.asked, paid, model.requests.length]).toEqual([[], [20, 30], 2]);
  });

  it('show all of the arguments that is not too long, and what would not be seen', async () => {
    const send = agentTool({
      name: 'send',
      inputSchema: { type: 'object' },
      approval: true,
      call: () => 'sent',
    });
    @Agent({ instructions: 'Send.', tools: [send] })
    class Sender {}
    const input = { to: 'ada\u202e\u200b', text: 'x'.repeat(3000) };
    const inbox = new TestInbox();
    const model = scriptedModel([{ calls: [{ name: 'send', input }] }]);
    await runAgent(Sender, { prompt: 'Go.' }, { model, site: { inbox } });
    const { message } = inbox.asked[0]?.request.params as { readonly message: string };
    expect(message).toContain('{"to":"ada\\u{202e}\\u{200b}","text":"xxx');
    expect(message).toMatch(/xxx\.\.\. \(1\d{3} more characters\)\. Do you allow it\?$/);
  });

  it('are refusals where the client has no elicitation', async () => {
    const model = scriptedModel(turns);
    const client = { capabilities: {} };
    const { result } = await runAgent(Clerk, { prompt: 'Pay.' }, { model, site: { client } });
    expect(result.value).toBe('Settled.');
    expect(toldOf(model.requests[1]?.messages.at(-1))[0]).toContain('use-1-0! "pay" needs the consent of the user');
    expect(paid).toEqual([]);
  });
});
