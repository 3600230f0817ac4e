import {
  type App,
  type AppOptions,
  type CallContext,
  createApp,
  ElicitationDeclined,
  Injectable,
  type Page,
  type PageOptions,
  type PageReply,
  type PageVisit,
  Task,
  type TaskContext,
  Tool,
} from 'perdura';

/** Where secrets are kept: by who they belong to. */
@Injectable()
export class Vault {
  readonly secrets = new Map<string, string>();
}

//#region page
@Injectable()
class AskForKey implements Page<{ stored: boolean }> {
  constructor(private readonly vault: Vault) {}

  visit({ method, params, principal, action }: PageVisit): PageReply<{ stored: boolean }> {
    const key = params.get('key');
    if (method === 'GET' || !key) {
      return { html: `<form method="post" action="${action}"><input name="key" type="password"></form>` };
    }
    this.vault.secrets.set(principal.owner, key);
    return { done: { stored: true } };
  }
}
//#endregion page

//#region oauth
export class ConnectCalendar implements Page<string> {
  visit({ params, state, callbackUrl, verifier }: PageVisit): PageReply<string> {
    const code = params.get('code');
    if (code) return { done: `calendar of ${code} by ${verifier.length}`, html: '<p>Connected.</p>' };
    const query = new URLSearchParams({ redirect_uri: callbackUrl, state });
    return { redirect: `https://calendar.example/authorize?${query}` };
  }
}
//#endregion oauth

@Injectable()
class Broken implements Page<never> {
  visit(): never {
    throw new Error('secret of the page');
  }
}

class Unlisted implements Page<string> {
  visit(): PageReply<string> {
    return { done: 'never' };
  }
}

@Injectable()
class Desk {
  constructor(private readonly vault: Vault) {}

  //#region ask
  @Tool({ name: 'store_key', description: 'Stores the key of a service.' })
  async storeKey(_: unknown, ctx: CallContext): Promise<string> {
    const { stored } = await ctx.elicitUrl('Enter the key of the service.', AskForKey);
    return stored ? 'The key is stored.' : 'There is no key.';
  }
  //#endregion ask

  @Tool({ name: 'polite', description: 'Takes no for an answer.' })
  async polite(_: unknown, ctx: CallContext): Promise<string> {
    try {
      return String(await ctx.elicitUrl('Connect?', ConnectCalendar, { key: 'connect' }));
    } catch (error) {
      if (error instanceof ElicitationDeclined) return error.action;
      throw error;
    }
  }

  @Tool({ name: 'broken', description: 'Has a page that fails.' })
  async broken(_: unknown, ctx: CallContext): Promise<string> {
    return String(await ctx.elicitUrl('Open?', Broken));
  }

  @Tool({ name: 'hurry', description: 'Gives little time.' })
  async hurry(_: unknown, ctx: CallContext): Promise<string> {
    return String(await ctx.elicitUrl('Quick!', ConnectCalendar, { timeout: '200ms' }));
  }

  @Tool({ name: 'unlisted', description: 'Has a page that nobody listed.' })
  async unlisted(_: unknown, ctx: CallContext): Promise<string> {
    return ctx.elicitUrl('Open?', Unlisted);
  }

  @Task({ name: 'connect', description: 'Connects a calendar, as a task.', hold: 0, ttl: '10m', pollInterval: 20 })
  async connect(_: unknown, ctx: TaskContext): Promise<string> {
    return `${await ctx.elicitUrl('Connect the calendar?', ConnectCalendar)}, ${this.vault.secrets.size}`;
  }
}

export const vaultApp = (pages: Partial<PageOptions> = {}, options: Partial<AppOptions> = {}): Promise<App> =>
  createApp({
    name: 'vault',
    title: 'The <Vault>',
    version: '1.0.0',
    use: [Desk],
    pages: { classes: [AskForKey, ConnectCalendar, Broken], ...pages },
    report: () => undefined,
    ...options,
  });
