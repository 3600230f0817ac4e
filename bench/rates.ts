/** What a burst of operations comes to. */
export interface Rates {
  readonly opsPerSecond: number;
  readonly p50Ms: number;
  readonly p99Ms: number;
}

/** `latencies` of each operation and `elapsedMs` of all, in milliseconds. */
export function rates(latencies: readonly number[], elapsedMs: number): Rates {
  const sorted = Float64Array.from(latencies).sort();
  // The nearest rank: the smallest latency that so many percent do not exceed.
  const rank = (percent: number): number => sorted[Math.max(0, Math.ceil((sorted.length * percent) / 100) - 1)] ?? NaN;
  return { opsPerSecond: (sorted.length / elapsedMs) * 1000, p50Ms: rank(50), p99Ms: rank(99) };
}
