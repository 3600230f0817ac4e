import autocannon from 'autocannon';

/** What one burst of load is asked to be. */
export interface Load {
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
  readonly concurrency: number;
  readonly seconds: number;
}

/** What one burst found. */
export interface Found {
  readonly opsPerSecond: number;
  readonly completed: number;
  readonly p50Ms: number;
  readonly p99Ms: number;
}

// A process of its own: the load generator must not share an event loop with what it measures.
process.on('message', ({ url, headers, body, concurrency, seconds }: Load) => {
  void (async () => {
    const result = await autocannon({
      url,
      method: 'POST',
      headers: { ...headers },
      body,
      connections: concurrency,
      duration: seconds,
    });
    const failed = result.non2xx + result.errors + result.timeouts;
    if (failed > 0) throw new Error(`${failed} of ${result.requests.total} requests to ${url} failed.`);
    process.send?.({
      opsPerSecond: result.requests.average,
      completed: result.requests.total,
      p50Ms: result.latency.p50,
      p99Ms: result.latency.p99,
    } satisfies Found);
  })();
});
