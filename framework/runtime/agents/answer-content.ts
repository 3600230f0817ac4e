import type { CreateMessageResult, ToolUseContent } from '../../spec.js';

/** The text of an answer, its parts separated by empty lines. */
export function textOf({ content }: Pick<CreateMessageResult, 'content'>): string {
  return [content]
    .flat()
    .flatMap((block) => (block.type === 'text' ? [block.text] : []))
    .join('\n\n');
}

/** The tool calls that an answer asks for, in its order; one block may stand alone (`client/sampling`). */
export function toolUsesOf({ content }: Pick<CreateMessageResult, 'content'>): readonly ToolUseContent[] {
  return [content].flat().filter((block): block is ToolUseContent => block.type === 'tool_use');
}
