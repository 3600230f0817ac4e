import type { Usage } from 'perdura';
import { type Fields, fieldsOf } from './json-fields.js';

/** What a million tokens cost, in one currency for all models of an app. */
export interface Price {
  readonly input: number;
  /** Of input tokens that the provider had in its cache. Default: as much as others. */
  readonly cachedInput?: number;
  readonly output: number;
}

const MILLION = 1_000_000;

/** What a completion used, as the provider counts it. */
export function usageOf(counted: Fields, price: Price | undefined): Usage {
  const inputTokens = count(counted['prompt_tokens']);
  const outputTokens = count(counted['completion_tokens']);
  const cachedInputTokens = count(fieldsOf(counted['prompt_tokens_details'])['cached_tokens']);
  const used = {
    ...(inputTokens !== undefined && { inputTokens }),
    ...(cachedInputTokens !== undefined && { cachedInputTokens }),
    ...(outputTokens !== undefined && { outputTokens }),
  };
  return price === undefined || inputTokens === undefined || outputTokens === undefined
    ? used
    : { ...used, cost: costOf({ inputTokens, cachedInputTokens: cachedInputTokens ?? 0, outputTokens }, price) };
}

function costOf(
  { inputTokens, cachedInputTokens, outputTokens }: Required<Omit<Usage, 'cost'>>,
  { input, cachedInput = input, output }: Price,
): number {
  const fresh = Math.max(0, inputTokens - cachedInputTokens);
  return (fresh * input + cachedInputTokens * cachedInput + outputTokens * output) / MILLION;
}

function count(value: unknown): number | undefined {
  return typeof value === 'number' && Number.isFinite(value) && value >= 0 ? value : undefined;
}
