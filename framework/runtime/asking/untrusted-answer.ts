import { PerduraError } from '../../errors.js';
import type { CreateMessageResult, InputResponse } from '../../spec.js';
import { brokenBlock, isFields, SPEECH } from '../results/content-blocks.js';

/** The most bytes of one answer of a client or a model. */
export const ANSWER_BYTES = 1024 * 1024;

/** The answer, if it is an object of acceptable size. */
export function checkedAnswer(step: string, answer: unknown): InputResponse {
  if (!isFields(answer)) throw PerduraError.of('ANSWER_INVALID', step, 'it must be an object');
  const bytes = Buffer.byteLength(JSON.stringify(answer));
  if (bytes > ANSWER_BYTES) throw PerduraError.of('ANSWER_TOO_LARGE', step, bytes, ANSWER_BYTES);
  return answer;
}

/**
 * A model's answer, checked: whoever gave it, it is input from outside.
 * @throws PerduraError `ANSWER_TOO_LARGE`, `ANSWER_INVALID` naming the rule and no value
 */
export function checkedMessage(step: string, answer: unknown): CreateMessageResult {
  const { role, content, model, stopReason, _meta } = checkedAnswer(step, answer);
  const blocks: readonly unknown[] = Array.isArray(content) ? content : [content];
  const broken =
    role === 'assistant'
      ? blocks.map((block, index) => brokenBlock(block, `content[${index}]`, SPEECH)).find(Boolean)
      : 'its role must be "assistant"';
  if (broken !== undefined) throw PerduraError.of('ANSWER_INVALID', step, broken);
  return {
    role: 'assistant',
    content: content as CreateMessageResult['content'],
    model: typeof model === 'string' ? model : 'unknown',
    ...(typeof stopReason === 'string' && { stopReason }),
    ...(isFields(_meta) && { _meta }),
  };
}
