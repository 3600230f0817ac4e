import type { Usage } from 'perdura';
import { type Fields, fieldsOf } from './json-fields.js';

/** What a completion used, as the provider counts it. */
export function usageOf(counted: Fields): Usage {
  const inputTokens = count(counted['prompt_tokens']);
  const outputTokens = count(counted['completion_tokens']);
  const cachedInputTokens = count(fieldsOf(counted['prompt_tokens_details'])['cached_tokens']);
  return {
    ...(inputTokens !== undefined && { inputTokens }),
    ...(cachedInputTokens !== undefined && { cachedInputTokens }),
    ...(outputTokens !== undefined && { outputTokens }),
  };
}

function count(value: unknown): number | undefined {
  return typeof value === 'number' && Number.isFinite(value) && value >= 0 ? value : undefined;
}
