import type { ModelMessage, ToolResultPart, UserContent } from 'ai';
import type { ContentBlock, SamplingMessage, ToolResultContent } from 'perdura';

type Block = Extract<SamplingMessage['content'], readonly unknown[]>[number];
type UserPart = Extract<UserContent, readonly unknown[]>[number];
type Output = ToolResultPart['output'];

/** A conversation of sampling as the AI SDK writes it: tool results, which are the user's there, have a role of their own. */
export function modelMessages(messages: readonly SamplingMessage[]): ModelMessage[] {
  // Results name their call alone; the SDK wants the tool's name as well.
  const names = new Map<string, string>();
  return messages.flatMap(({ role, content }) => {
    const blocks: readonly Block[] = Array.isArray(content) ? content : [content];
    if (role === 'user') return userMessages(blocks, names);
    for (const block of blocks) if (block.type === 'tool_use') names.set(block.id, block.name);
    return [{ role, content: blocks.map(assistantPart) } satisfies ModelMessage];
  });
}

function assistantPart(
  block: Block,
): Exclude<Extract<ModelMessage, { readonly role: 'assistant' }>['content'], string>[number] {
  if (block.type === 'tool_use') {
    return { type: 'tool-call', toolCallId: block.id, toolName: block.name, input: block.input };
  }
  if (block.type === 'image' || block.type === 'audio') {
    return { type: 'file', data: block.data, mediaType: block.mimeType };
  }
  return { type: 'text', text: block.type === 'text' ? block.text : '' };
}

function userMessages(blocks: readonly Block[], names: ReadonlyMap<string, string>): ModelMessage[] {
  const results = blocks.filter((block): block is ToolResultContent => block.type === 'tool_result');
  const said = blocks.filter((block): block is Exclude<Block, ToolResultContent> => block.type !== 'tool_result');
  const parts = results.map((result): ToolResultPart => ({
    type: 'tool-result',
    toolCallId: result.toolUseId,
    toolName: names.get(result.toolUseId) ?? 'unknown',
    output: outputOf(result),
  }));
  return [
    ...(parts.length === 0 ? [] : [{ role: 'tool' as const, content: parts }]),
    ...(said.length === 0 ? [] : [{ role: 'user' as const, content: said.map((block) => userPart(block)) }]),
  ];
}

function userPart(block: Exclude<Block, ToolResultContent>): UserPart {
  if (block.type === 'image' || block.type === 'audio') {
    return { type: 'file', data: block.data, mediaType: block.mimeType };
  }
  return { type: 'text', text: block.type === 'text' ? block.text : '' };
}

function outputOf({ content, structuredContent, isError }: ToolResultContent): Output {
  const whole = content.length === 0 && structuredContent ? JSON.stringify(structuredContent) : undefined;
  const text = whole ?? content.map(textOf).join('\n\n');
  if (isError === true) return { type: 'error-text', value: text };
  if (!content.some(({ type }) => type === 'image' || type === 'audio')) return { type: 'text', value: text };
  return {
    type: 'content',
    value: content.map((block) =>
      block.type === 'image' || block.type === 'audio'
        ? { type: 'file', data: { type: 'data', data: block.data }, mediaType: block.mimeType }
        : { type: 'text', text: textOf(block) },
    ),
  };
}

/** A block in words: what it says, or what it is. */
function textOf(block: ContentBlock): string {
  switch (block.type) {
    case 'text':
      return block.text;
    case 'resource_link':
      return `[${block.name}](${block.uri})`;
    case 'resource':
      return 'text' in block.resource ? block.resource.text : `[resource ${block.resource.uri}]`;
    default:
      return `[${block.type}, ${block.mimeType}]`;
  }
}
