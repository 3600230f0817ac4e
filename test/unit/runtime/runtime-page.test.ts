// The code of docs/runtime.md, run through the public door.
import { IsBoolean, IsString } from 'class-validator';
import {
  type CallContext,
  createApp,
  ElicitationDeclined,
  Inject,
  Injectable,
  type Interceptor,
  PRINCIPAL,
  type Principal,
  Tool,
  ToolError,
} from 'perdura';
import { checkedConnect as connect } from '../../checked-connect.js';

const charged: string[] = [];
const bank = {
  charge: (amount: number, options: { idempotencyKey: string }) => {
    charged.push(options.idempotencyKey);
    return { receipt: `R-${amount}` };
  },
};
const seconds: string[] = [];

//#region effects
class Order {
  @IsString() item!: string;
}

class Confirmation {
  @IsBoolean() buy!: boolean;
}

@Tool({ name: 'order', description: 'Order an item once the user has confirmed it.', input: Order })
class PlaceOrder {
  async call({ item }: Order, ctx: CallContext) {
    const price = await ctx.step('price', () => (item === 'boat' ? 900 : 9));
    const { buy } = await ctx.elicit(`Buy a ${item} for ${price}?`, Confirmation, { timeout: '10m' });
    if (!buy) throw new ToolError('The user does not want it.');
    return ctx.step('charge', (key) => bank.charge(price, { idempotencyKey: key }));
  }
}
//#endregion

//#region decline
@Tool({ name: 'order_later', description: 'Order an item, or put it on the list.', input: Order })
class OrderLater {
  async call({ item }: Order, ctx: CallContext) {
    try {
      await ctx.elicit(`Buy a ${item}?`, Confirmation);
      return 'Bought.';
    } catch (error) {
      if (error instanceof ElicitationDeclined) return 'Put on the list.';
      throw error;
    }
  }
}
//#endregion

//#region scope
@Injectable()
class Basket {
  constructor(@Inject(PRINCIPAL) private readonly principal: Principal) {}
  owner() {
    return this.principal.owner;
  }
}

@Tool({ name: 'whose', description: 'Tells whose basket it is.' })
class Whose {
  constructor(private readonly basket: Basket) {}
  call() {
    return this.basket.owner();
  }
}
//#endregion

//#region interceptor
const timed: Interceptor = async (call, next) => {
  const started = performance.now();
  try {
    return await next();
  } finally {
    seconds.push(`${call.entry.name} ${((performance.now() - started) / 1000).toFixed(0)} s`);
  }
};
//#endregion

describe.each(['2025-11-25', '2026-07-28'] as const)('the calls of the runtime page on %s', (revision) => {
  const boot = () =>
    createApp({ name: 'shop', version: '1.0.0', use: [PlaceOrder, OrderLater, Whose], intercept: [timed] });

  it('charge once, however often the handler ran', async () => {
    charged.splice(0);
    const app = await boot();
    const client = await connect(app, { revision, elicit: () => ({ action: 'accept', content: { buy: true } }) });
    const result = await client.callTool('order', { item: 'boat' });
    expect(result.content).toEqual([{ type: 'text', text: '{"receipt":"R-900"}' }]);
    expect(charged).toEqual([expect.stringMatching(/\/charge#1$/)]);
    await app.close();
  });

  it('go on where the user declines', async () => {
    const app = await boot();
    const client = await connect(app, { revision, elicit: () => ({ action: 'decline' }) });
    expect(await client.callTool('order_later', { item: 'boat' })).toMatchObject({
      content: [{ text: 'Put on the list.' }],
    });
    await app.close();
  });

  it('know their caller, and are timed', async () => {
    seconds.splice(0);
    const app = await boot();
    const client = await connect(app, { revision, principal: { owner: 'ada', scopes: [] } });
    expect(await client.callTool('whose')).toMatchObject({ content: [{ text: 'ada' }] });
    expect(seconds).toEqual(['whose 0 s']);
    await app.close();
  });
});
