import type { CreateMessageResult } from '../spec.js';

/** The text of an answer, its parts separated by empty lines. */
export function textOf({ content }: Pick<CreateMessageResult, 'content'>): string {
  return [content]
    .flat()
    .flatMap((block) => (block.type === 'text' ? [block.text] : []))
    .join('\n\n');
}
