// The code of docs/testing.md about crashes and time, run through the public door.
import { IsBoolean } from 'class-validator';
import { Agent, Task, type TaskContext } from 'perdura';
import { scriptedModel, testApp } from 'perdura/testing';
import { checkedConnect as connect } from '../../checked-connect.js';

class Consent {
  @IsBoolean() ok!: boolean;
}

const charges: string[] = [];
const bank = { charge: (key: string) => void charges.push(key) };
beforeEach(() => void charges.splice(0));

@Agent({ instructions: 'Say what is bought.' })
class Buyer {}

@Task({ name: 'order', description: 'Order.' })
class Order {
  async call(_: object, ctx: TaskContext) {
    const { value } = await ctx.agent(Buyer, { prompt: 'What?' });
    await ctx.step('charge', (key) => bank.charge(key));
    return value;
  }
}

@Task({ name: 'remind', description: 'Remind, then ask.', ttl: '30d' })
class Remind {
  async call(_: object, ctx: TaskContext) {
    await ctx.sleep('20d');
    return ctx
      .elicit('Still there?', Consent, { timeout: '2d' })
      .then(String, (error: { code?: string }) => `${error.code}`);
  }
}

describe.each(['2025-11-25', '2026-07-28'] as const)('an app whose process crashes on %s', (revision) => {
  it('goes on from what is recorded', async () => {
    //#region crash
    const model = scriptedModel(['A boat.']);
    const app = await testApp({ name: 'shop', version: '1.0.0', use: [Order, Buyer], model });
    app.crashAfter('turn');
    app.crashAfter('charge');
    const client = await connect(app, { revision });
    const { content } = await client.runTask('order');
    expect(content).toEqual([{ type: 'text', text: 'A boat.' }]);
    expect(app.crashes).toBe(2);
    expect(model.requests).toHaveLength(1);
    await app.close();
    //#endregion
    expect(charges).toHaveLength(1);
  });

  it('repeats a step that it cannot know of, under the same idempotency key', async () => {
    const model = scriptedModel(['A boat.', 'A boat.']);
    const app = await testApp({ name: 'shop', version: '1.0.0', use: [Order, Buyer], model });
    app.crashBefore('turn#1');
    app.crashBefore((key) => key.startsWith('charge'));
    const client = await connect(app, { revision });
    await client.runTask('order');
    expect(app.crashes).toBe(2);
    expect(charges).toEqual([charges[0], charges[0]]);
    await app.close();
  });

  it('lets days pass in no time', async () => {
    //#region time
    const app = await testApp({ name: 'shop', version: '1.0.0', use: [Remind] });
    const client = await connect(app, { revision, elicit: () => new Promise(() => {}) });
    const { taskId } = await client.startTask('remind', {});
    await app.advance('20d');
    expect((await client.getTask(taskId)).status).toBe('input_required');
    await app.advance('2d');
    expect((await client.getTask(taskId)).status).toBe('completed');
    const result = await client.followTask(taskId);
    //#endregion
    expect(result['content']).toMatchObject([{ text: 'ELICITATION_EXPIRED' }]);
    await app.close();
  });
});
