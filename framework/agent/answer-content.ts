import type { CreateMessageResult, ToolUseContent } from '../spec.js';

type Block = Extract<CreateMessageResult['content'], readonly unknown[]>[number];

/** The blocks of an answer; one block may stand alone (`client/sampling`). */
function blocksOf({ content }: CreateMessageResult): readonly Block[] {
  return Array.isArray(content) ? content : [content];
}

/** The tool calls that an answer asks for, in its order. */
export function toolUsesOf(answer: CreateMessageResult): readonly ToolUseContent[] {
  return blocksOf(answer).filter((block): block is ToolUseContent => block.type === 'tool_use');
}

/** The text of an answer, its parts separated by empty lines. */
export function textOf(answer: CreateMessageResult): string {
  return blocksOf(answer)
    .flatMap((block) => (block.type === 'text' ? [block.text] : []))
    .join('\n\n');
}
