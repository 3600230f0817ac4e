import type { PromptEntry } from '../../catalog/catalog.js';
import { PerduraError } from '../../errors.js';
import type { GetPromptResult, PromptMessage } from '../../spec.js';
import { brokenBlock, brokenResult, isFields } from './content-blocks.js';
import { checkSize } from './result-size.js';
import { sanitiseText } from './sanitise.js';
import { passed } from './tool-result.js';

/**
 * What a prompt's handler returned as the result that is sent: the text of one user message, messages, or a whole result.
 * @throws PerduraError `RESULT_INVALID`, `RESULT_TOO_LARGE`
 */
export function promptResult({ name, definition }: PromptEntry, value: unknown, limit: number): GetPromptResult {
  const { description } = definition;
  const about = description === undefined ? {} : { description };
  if (typeof value === 'string') {
    checkSize(name, value, limit);
    return { ...about, messages: [{ role: 'user', content: { type: 'text', text: sanitiseText(value) } }] };
  }
  const whole = Array.isArray(value) ? { messages: value as unknown[] } : value;
  if (!isFields(whole) || !Array.isArray(whole['messages'])) {
    throw PerduraError.of('RESULT_INVALID', name, 'a prompt is text, a list of messages, or { messages }');
  }
  const broken = whole['messages'].map(brokenMessage).concat(brokenResult(whole)).find(Boolean);
  if (broken !== undefined) throw PerduraError.of('RESULT_INVALID', name, broken);
  return passed(name, { ...about, ...(whole as { messages: PromptMessage[] }) }, limit);
}

function brokenMessage(message: unknown, index: number): string | undefined {
  const place = `messages[${index}]`;
  if (!isFields(message)) return `${place} is no message`;
  if (message['role'] !== 'user' && message['role'] !== 'assistant')
    return `${place}.role is neither user nor assistant`;
  const { content } = message;
  const broken = brokenBlock(content, `${place}.content`);
  // `server/prompts`, "Embedded Resources": elsewhere a MIME type may be left out.
  const isUntyped = isFields(content) && isFields(content['resource']) && content['resource']['mimeType'] === undefined;
  return broken ?? (isUntyped ? `${place}.content.resource.mimeType is missing` : undefined);
}
