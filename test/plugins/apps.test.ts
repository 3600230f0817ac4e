import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { type App, type BootError, createApp, Injectable, type Plugin, Tool } from 'perdura';
import type { TestClient } from 'perdura/testing';
import { apps, shownIn, type View } from 'perdura/plugins/apps';
import { checkedConnect as connect } from '../checked-connect.js';

const UI = 'io.modelcontextprotocol/ui';
const PAGE = '<!doctype html><title>Chart</title><p>A chart</p>';
const CSP = {
  connectDomains: ['https://api.example.com', 'wss://live.example.com:8443'],
  resourceDomains: ['https://*.cdn.example.com'],
};

const chart: View = {
  name: 'chart',
  uri: 'ui://weather/chart',
  html: PAGE,
  title: 'Chart',
  csp: CSP,
  prefersBorder: true,
};

@Injectable()
class Weather {
  @Tool({ name: 'forecast', description: 'Forecasts.', _meta: { ...shownIn(chart), 'com.example/a': 1 } })
  forecast(): string {
    return 'Sunny';
  }

  @Tool({ name: 'refresh', description: 'For the chart alone.', _meta: shownIn(chart, ['app']) })
  refresh(): string {
    return 'Fresh';
  }

  @Tool({ name: 'explain', description: 'For the model alone.', _meta: shownIn(chart, ['model']) })
  explain(): string {
    return 'It shines';
  }

  @Tool({ name: 'plain', description: 'Has no view.' })
  plain(): string {
    return 'plain';
  }
}

describe.each(['2025-11-25', '2026-07-28'] as const)('A view on %s', (revision) => {
  let app: App;
  beforeAll(async () => {
    app = await createApp({ name: 'weather', version: '1.0.0', use: [Weather, apps({ views: [chart] })] });
  });
  afterAll(() => app.close());

  const open = (settings?: { readonly mimeTypes: readonly string[] }): Promise<TestClient> =>
    connect(app, { revision, ...(settings && { extensions: { [UI]: settings } }) });
  const shown = { mimeTypes: ['text/html;profile=mcp-app'] };

  it('is named by its tools for clients that show views', async () => {
    const client = await open(shown);
    const tools = await client.listTools();
    expect(tools.map(({ name, _meta }) => [name, _meta])).toEqual([
      ['forecast', { ui: { resourceUri: chart.uri }, 'com.example/a': 1 }],
      ['refresh', { ui: { resourceUri: chart.uri, visibility: ['app'] } }],
      ['explain', { ui: { resourceUri: chart.uri, visibility: ['model'] } }],
      ['plain', undefined],
    ]);
  });

  it.each([
    ['declare nothing', undefined],
    ['show pages of other types alone', { mimeTypes: ['text/html'] }],
  ])('is nothing to clients that %s, nor are tools for views alone', async (_what, settings) => {
    const tools = await (await open(settings)).listTools();
    expect(tools.map(({ name, _meta }) => [name, _meta])).toEqual([
      ['forecast', { 'com.example/a': 1 }],
      ['explain', undefined],
      ['plain', undefined],
    ]);
  });

  it('is read with what its host must let it load', async () => {
    const client = await open(shown);
    const _meta = { ui: { csp: CSP, prefersBorder: true } };
    const mimeType = 'text/html;profile=mcp-app';
    expect(await client.listResources()).toEqual([{ name: 'chart', uri: chart.uri, title: 'Chart', mimeType, _meta }]);
    const { contents } = await client.readResource(chart.uri);
    expect(contents).toEqual([{ uri: chart.uri, mimeType, text: PAGE, _meta }]);
  });

  it('is declared as an extension', async () => {
    const client = await open(shown);
    const declared = { capabilities: { extensions: { [UI]: {} } } };
    const answered =
      revision === '2026-07-28'
        ? await client.request('server/discover')
        : (client.messages.find(({ method }) => method === 'initialize')?.message as unknown as { result: object })
            .result;
    expect(answered).toMatchObject(declared);
  });

  it('leaves lists of tools that differ by client to caches of one client', async () => {
    if (revision === '2025-11-25') return;
    expect(await (await open()).request('tools/list')).toMatchObject({ cacheScope: 'private' });
    expect(await (await open()).request('resources/list')).toMatchObject({ cacheScope: 'public' });
  });

  it('goes with a tool that comes later', async () => {
    class Late {
      call(): string {
        return 'late';
      }
    }
    Tool({ name: 'late', description: 'Comes later.', _meta: shownIn(chart, ['app']) })(Late);
    const [plain, showing] = [await open(), await open(shown)];
    const namesOf = async (client: TestClient): Promise<string[]> => (await client.listTools()).map(({ name }) => name);
    expect(await namesOf(plain)).not.toContain('late');
    app.catalog.add(Late);
    expect(await namesOf(plain)).not.toContain('late');
    expect(await namesOf(showing)).toContain('late');
    app.catalog.remove(Late);
    expect(await namesOf(showing)).not.toContain('late');
  });
});

describe('Views', () => {
  const mistakesOf = (...use: (Plugin | typeof Weather)[]): Promise<readonly string[]> =>
    createApp({ name: 'wrong', version: '1.0.0', use }).then(
      async (app) => {
        await app.close();
        return [];
      },
      (error: BootError) => error.mistakes.map(({ message }) => message),
    );

  it('keep the app from starting for all their mistakes at once', async () => {
    const wrong = await mistakesOf(
      Weather,
      apps({
        views: [
          { name: 'scheme', uri: 'https://weather', html: PAGE },
          { name: 'fragment', uri: 'ui://fragment', html: '<p>no document</p>' },
          {
            name: 'csp',
            uri: 'ui://csp',
            html: PAGE,
            csp: { connectDomains: ["'self'", 'https://a.example; script-src *'] },
          },
          { name: 'missing', uri: 'ui://missing', html: pathToFileURL(join(tmpdir(), 'no-such-page.html')) },
        ],
      }),
    );
    expect(wrong).toEqual([
      expect.stringContaining('"scheme" has the URI'),
      expect.stringContaining('"fragment" is no HTML5 document'),
      expect.stringContaining(`"csp" lists "'self'"`),
      expect.stringContaining('"csp" lists "https://a.example; script-src *"'),
      expect.stringContaining('"missing" cannot be read (ENOENT)'),
      ...['forecast', 'refresh', 'explain'].map((name) =>
        expect.stringContaining(`"${name}" is shown in "ui://weather/chart", which is not there`),
      ),
    ]);
  });

  it('may lie in files', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'views-'));
    await writeFile(join(folder, 'chart.html'), `<!-- made by a bundler -->\n${PAGE}`);
    expect(
      await mistakesOf(Weather, apps({ views: [{ ...chart, html: pathToFileURL(join(folder, 'chart.html')) }] })),
    ).toEqual([]);
    await rm(folder, { recursive: true });
  });
});
