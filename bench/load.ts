import autocannon from 'autocannon';
import { rates, type Rates } from './rates.js';

/** What one burst of load is asked to be. */
export interface Load {
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  /** A request whose `id` is 1; each connection sends it with one of its own. */
  readonly body: string;
  readonly concurrency: number;
  readonly seconds: number;
}

/** What one burst found. */
export interface Found extends Rates {
  readonly completed: number;
}

// A process of its own: the load generator must not share an event loop with what it measures.
process.on('message', (load: Load) => void burst(load));
// A benchmark that was interrupted leaves nobody behind.
process.once('disconnect', () => process.exit());

async function burst({ url, headers, body, concurrency, seconds }: Load): Promise<void> {
  // Autocannon's own figures are whole milliseconds, which is most of what a fast server takes.
  const latencies: number[] = [];
  let connections = 0;
  const began = performance.now();
  let ended = began;
  const failed = await new Promise<number>((resolve, reject) => {
    const instance = autocannon(
      {
        url,
        method: 'POST',
        headers: { ...headers },
        body,
        connections: concurrency,
        duration: seconds,
        sampleInt: 50,
        // A server that keeps sessions tells requests in flight apart by their id.
        setupClient: (client) => client.setBody(body.replace('"id":1,', `"id":${++connections},`)),
      },
      (error: unknown, result) => {
        if (error) reject(error as Error);
        else resolve(result.non2xx + result.errors + result.timeouts);
      },
    );
    instance.on('response', (_client, _status, _bytes, ms) => {
      latencies.push(ms);
      ended = performance.now();
    });
  });
  if (failed > 0) throw new Error(`${failed} of ${latencies.length} requests to ${url} failed.`);
  process.send?.({ ...rates(latencies, ended - began), completed: latencies.length } satisfies Found);
}
