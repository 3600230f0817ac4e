import { cp, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { IsInt, Min } from 'class-validator';
import { createApp, Injectable, type Plugin, ProtocolError, serverJson, Tool } from 'perdura';
import { apps, shownIn, type View } from 'perdura/plugins/apps';
import { skills } from 'perdura/plugins/skills';
import { checkedConnect as connect } from '../checked-connect.js';

//#region extension
class Since {
  @IsInt() @Min(0) since!: number;
}

function audit(log: readonly { readonly at: number; readonly owner: string; readonly what: string }[]): Plugin {
  return {
    name: 'audit',
    setup(host) {
      host.extension({
        id: 'com.example/audit',
        settings: { retentionDays: 30 },
        clientMustDeclare: true,
        notifications: ['notifications/audit/more'],
        methods: {
          'audit/list': {
            params: Since,
            serve({ since }: Since, { principal, notify }) {
              if (since > Date.now()) throw new ProtocolError(-32602, '"since" is in the future.');
              const entries = log.filter(({ at, owner }) => at >= since && owner === principal.owner);
              if (entries.length > 100) notify('notifications/audit/more', { total: entries.length });
              return { entries: entries.slice(0, 100) };
            },
          },
        },
      });
    },
  };
}
//#endregion

//#region apps
const chart: View = {
  name: 'chart',
  uri: 'ui://weather/chart',
  html: '<!doctype html><title>Forecast</title><script>/* speaks to its host by postMessage */</script>',
  csp: { connectDomains: ['https://api.example.com'] },
};

@Injectable()
class Weather {
  @Tool({ name: 'forecast', description: 'Forecasts the weather.', _meta: shownIn(chart) })
  forecast() {
    return { content: [{ type: 'text' as const, text: 'Sunny, 24 degrees.' }], structuredContent: { degrees: 24 } };
  }

  @Tool({ name: 'refresh', description: 'Fetches new data for the chart.', _meta: shownIn(chart, ['app']) })
  refresh() {
    return { content: [], structuredContent: { degrees: 25 } };
  }
}

const plugin = apps({ views: [chart] });
//#endregion

describe('The page on extensions', () => {
  it('adds a method that clients must know of', async () => {
    const log = [{ at: 5, owner: 'anonymous', what: 'called' }];
    const app = await createApp({ name: 'page', version: '1.0.0', use: [audit(log)] });
    const extensions = { 'com.example/audit': {} };
    const client = await connect(app, { revision: '2026-07-28', extensions, own: ['audit/list'] });
    expect(await client.request('audit/list', { since: 1 })).toMatchObject({ entries: log });
    await expect(client.request('audit/list', { since: -1 })).rejects.toMatchObject({ code: -32602 });
    await expect(client.request('audit/list', { since: Date.now() * 2 })).rejects.toMatchObject({ code: -32602 });
    const other = await connect(app, { revision: '2026-07-28' });
    await expect(other.request('audit/list', { since: 1 })).rejects.toMatchObject({ code: -32021 });
    await app.close();
  });

  it('shows a tool in a view', async () => {
    const app = await createApp({ name: 'page', version: '1.0.0', use: [Weather, plugin] });
    const client = await connect(app, { revision: '2025-11-25' });
    expect((await client.listTools()).map(({ name }) => name)).toEqual(['forecast']);
    expect(await client.callTool('forecast')).toMatchObject({ structuredContent: { degrees: 24 } });
    await app.close();
  });

  it('serves a folder of skills, and writes what the registry takes', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'page-'));
    await cp('examples/everything/skills', folder, { recursive: true });
    await writeFile(join(folder, 'README.md'), 'no skill');
    //#region skills
    const app = await createApp({ name: 'library', version: '1.0.0', use: [skills({ folder })] });
    //#endregion
    const client = await connect(app, { revision: '2026-07-28', own: ['skills/list'] });
    expect((await client.request('skills/list'))['skills']).not.toEqual([]);
    const packageJson = { name: '@you/library', version: '1.0.0', mcpName: 'io.github.you/library' };
    //#region server-json
    const json = serverJson(app, {
      packageJson,
      publicUrl: 'https://mcp.example.com/mcp',
      environmentVariables: [{ name: 'LIBRARY_KEY', isRequired: true, isSecret: true }],
    });
    await writeFile(join(folder, 'server.json'), JSON.stringify(json, null, 2));
    //#endregion
    expect(json).toMatchObject({ name: 'io.github.you/library' });
    await app.close();
    await rm(folder, { recursive: true });
  });
});
