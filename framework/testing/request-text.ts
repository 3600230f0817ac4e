import type { SamplingMessage } from '../spec.js';

/** What a message says, for a person to know it by: its text, and what its tool calls and results are of. */
export function textIn(message: SamplingMessage | undefined): string {
  if (message === undefined) return '';
  return [message.content]
    .flat()
    .map((block) => {
      if (block.type === 'text') return block.text;
      if (block.type === 'tool_use') return `calls ${block.name}`;
      if (block.type !== 'tool_result') return `(${block.type})`;
      return block.content.map((inner) => (inner.type === 'text' ? inner.text : `(${inner.type})`)).join(' ');
    })
    .join(' ');
}
