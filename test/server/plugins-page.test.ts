import { createApp, Inject, Injectable, type Plugin, type Principal, PRINCIPAL, Resource, Tool } from 'perdura';
import { checkedConnect as connect } from '../checked-connect.js';

//#region plugin
class Usage {
  private readonly calls = new Map<string, number>();
  of(owner: string) {
    return this.calls.get(owner) ?? 0;
  }
  count(owner: string) {
    this.calls.set(owner, this.of(owner) + 1);
  }
}

@Injectable()
class UsageReport {
  constructor(
    @Inject(Usage) private readonly usage: Usage,
    @Inject(PRINCIPAL) private readonly caller: Principal,
  ) {}

  @Resource({ name: 'usage', uri: 'usage://me', mimeType: 'application/json' })
  mine() {
    return { calls: this.usage.of(this.caller.owner) };
  }
}

/** Counts the tool calls of every caller, who may read the count at `usage://me`. */
export function usage({ save }: { save(usage: Usage): Promise<void> }): Plugin {
  return {
    name: 'usage',
    setup(host) {
      if (typeof save !== 'function') host.mistake('"save" is missing. Give usage({ save }) a function.');
      const counted = new Usage();
      host.provide({ provide: Usage, useValue: counted });
      host.use(UsageReport);
      host.intercept(async (call, next) => {
        if (call.entry.kind === 'tool') counted.count(call.ctx.principal.owner);
        return next();
      });
      host.onClose(() => save(counted));
    },
  };
}
//#endregion

@Tool({ name: 'work', description: 'Works.' })
class Work {
  call() {}
}

const about = { name: 'office', version: '1.0.0' };

describe.each(['2025-11-25', '2026-07-28'] as const)('the plugin of the page on %s', (revision) => {
  it('counts calls by caller, offers the count and saves it at the end', async () => {
    const saved: number[] = [];
    const save = async (counted: Usage) => void saved.push(counted.of('ada'));
    const app = await createApp({ ...about, use: [Work, usage({ save })] });
    const ada = await connect(app, { revision, principal: { owner: 'ada', scopes: [] } });
    const bob = await connect(app, { revision, principal: { owner: 'bob', scopes: [] } });
    await ada.callTool('work');
    await ada.callTool('work');
    await bob.callTool('work');
    expect((await ada.readResource('usage://me')).contents).toMatchObject([{ text: '{"calls":2}' }]);
    await app.close();
    expect(saved).toEqual([2]);
  });
});

it('gives way to what the app itself provides', async () => {
  const counted = new Usage();
  counted.count('ada');
  const plugin = usage({ save: async () => {} });
  const app = await createApp({ ...about, use: [plugin], providers: [{ provide: Usage, useValue: counted }] });
  const ada = await connect(app, { revision: '2026-07-28', principal: { owner: 'ada', scopes: [] } });
  expect((await ada.readResource('usage://me')).contents).toMatchObject([{ text: '{"calls":1}' }]);
  await app.close();
});

it('the plugin of the page keeps the app from starting without its option', async () => {
  const plugin = usage({} as never);
  await expect(createApp({ ...about, use: [Work, plugin] })).rejects.toMatchObject({
    mistakes: [{ code: 'PLUGIN_MISTAKE', facts: ['usage', expect.stringContaining('save')] }],
  });
});
