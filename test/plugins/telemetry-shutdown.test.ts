import { BasicTracerProvider, BatchSpanProcessor, type ReadableSpan } from '@opentelemetry/sdk-trace-base';
import { type CallContext, createApp, Tool } from 'perdura';
import { openTelemetry } from 'perdura/plugins/observability';
import { checkedConnect as connect } from '../checked-connect.js';

@Tool({ name: 'search', description: 'Finds.' })
class Search {
  call(): string {
    return 'found';
  }
}

@Tool({ name: 'wait', description: 'Waits to be cancelled.' })
class Wait {
  call(_: unknown, ctx: CallContext): Promise<string> {
    return new Promise((_resolve, reject) => {
      ctx.signal.addEventListener('abort', () => reject(ctx.signal.reason as Error));
    });
  }
}

it('sends the spans that wait for their batch, and those that end with the app, before it has closed', async () => {
  const sent: string[] = [];
  const exporter = {
    export: (spans: ReadableSpan[], done: (result: { code: number }) => void) => {
      sent.push(...spans.map(({ name }) => name));
      done({ code: 0 });
    },
    shutdown: () => Promise.resolve(),
  };
  const provider = new BasicTracerProvider({ spanProcessors: [new BatchSpanProcessor(exporter)] });
  const tracer = provider.getTracer('library');
  //#region shutdown
  const app = await createApp({
    name: 'library',
    version: '1.0.0',
    use: [
      // What plugins do at the end comes in the reverse order: the spans first, and then what sends them.
      { name: 'telemetry', setup: (host) => host.onClose(() => provider.shutdown()) },
      openTelemetry({ tracer }),
      Search,
      Wait,
    ],
  });
  //#endregion
  const client = await connect(app, { revision: '2026-07-28' });
  await client.callTool('search');
  void client.callTool('wait').catch(() => undefined);
  expect(sent).toEqual([]);
  await app.close();
  expect(sent.toSorted()).toEqual(['tools/call search', 'tools/call wait']);
  await client.close();
});
