import type { Usage } from 'perdura';

/** What a million tokens cost, in one currency for all models of an app. */
export interface Price {
  readonly input: number;
  /** Of input tokens that the provider had in its cache. Default: as much as others. */
  readonly cachedInput?: number;
  readonly output: number;
}

const MILLION = 1_000_000;

/** What was used, with its cost where the price and the tokens are known. */
export function priced(used: Usage, price: Price | undefined): Usage {
  const { inputTokens, cachedInputTokens = 0, outputTokens } = used;
  if (price === undefined || inputTokens === undefined || outputTokens === undefined) return used;
  const { input, cachedInput = input, output } = price;
  const fresh = Math.max(0, inputTokens - cachedInputTokens);
  return { ...used, cost: (fresh * input + cachedInputTokens * cachedInput + outputTokens * output) / MILLION };
}
