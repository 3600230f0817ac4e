import type { ContentBlock, SamplingMessage, ToolResultContent, ToolUseContent } from 'perdura';
import { blockText, providerToolName } from 'perdura/plugins/models';
import type { Reasoning } from './reasoning.js';

/** A part of a user's message. */
type Part =
  | { readonly type: 'text'; readonly text: string }
  | { readonly type: 'image_url'; readonly image_url: { readonly url: string } }
  | { readonly type: 'input_audio'; readonly input_audio: { readonly data: string; readonly format: string } };

/** A message of a chat completion's request. */
export type ChatMessage =
  | { readonly role: 'system'; readonly content: string }
  | { readonly role: 'user'; readonly content: string | readonly Part[] }
  | { readonly role: 'assistant'; readonly content: string | null; readonly tool_calls?: readonly ChatToolCall[] }
  | { readonly role: 'tool'; readonly tool_call_id: string; readonly content: string };

export interface ChatToolCall {
  readonly id: string;
  readonly type: 'function';
  readonly function: { readonly name: string; readonly arguments: string };
  /** What came with the call and goes back with it. */
  readonly extra_content?: unknown;
}

type Block = Extract<SamplingMessage['content'], readonly unknown[]>[number];

/** A message of sampling as the messages that say the same in a chat: a user's may be several, one for each tool result. */
export function chatMessages({ role, content }: SamplingMessage, reasoning?: Reasoning): ChatMessage[] {
  const blocks: readonly Block[] = Array.isArray(content) ? content : [content];
  return role === 'assistant' ? [assistantMessage(blocks, reasoning)] : userMessages(blocks);
}

function assistantMessage(blocks: readonly Block[], reasoning?: Reasoning): ChatMessage {
  const text = blocks.flatMap((block) => {
    if (block.type === 'text') return [block.text];
    // Chat completions take no pictures or sound from the assistant: it is at least told that they were there.
    return block.type === 'image' || block.type === 'audio' ? [`[${block.type}, ${block.mimeType}]`] : [];
  });
  const uses = blocks.filter((block): block is ToolUseContent => block.type === 'tool_use');
  return {
    role: 'assistant',
    content: text.length === 0 && uses.length > 0 ? null : text.join('\n\n'),
    ...(uses.length > 0 && { tool_calls: uses.map((use) => toolCall(use, reasoning?.calls[use.id])) }),
    ...reasoning?.message,
  };
}

function toolCall({ id, name, input }: ToolUseContent, extra: unknown): ChatToolCall {
  const called = { name: providerToolName(name), arguments: JSON.stringify(input) };
  return { id, type: 'function', function: called, ...(extra !== undefined && { extra_content: extra }) };
}

function userMessages(blocks: readonly Block[]): ChatMessage[] {
  const results = blocks.filter((block): block is ToolResultContent => block.type === 'tool_result');
  const said = blocks.filter((block) => block.type !== 'tool_result' && block.type !== 'tool_use');
  const messages = results.map((result): ChatMessage => ({
    role: 'tool',
    tool_call_id: result.toolUseId,
    content: resultText(result),
  }));
  // A tool's message carries text alone, so what else came with it follows as said by the user.
  const parts = [...results.flatMap(resultMedia), ...said.map((block) => partOf(block as ContentBlock))];
  return parts.length === 0 ? messages : [...messages, { role: 'user', content: plain(parts) }];
}

function plain(parts: readonly Part[]): string | readonly Part[] {
  const [first] = parts;
  return parts.length === 1 && first?.type === 'text' ? first.text : parts;
}

function resultText({ content, structuredContent, isError }: ToolResultContent): string {
  const text = content.map((block) => blockText(block)).join('\n\n');
  const whole = text === '' && structuredContent ? JSON.stringify(structuredContent) : text;
  // The role has no flag for it.
  return isError === true ? `Error: ${whole}` : whole;
}

function resultMedia({ toolUseId, content }: ToolResultContent): Part[] {
  const parts = content.map(partOf).filter(({ type }) => type !== 'text');
  return parts.length === 0 ? [] : [{ type: 'text', text: `From the result of ${toolUseId}:` }, ...parts];
}

function partOf(block: ContentBlock): Part {
  if (block.type === 'image') {
    return { type: 'image_url', image_url: { url: `data:${block.mimeType};base64,${block.data}` } };
  }
  const format = block.type === 'audio' ? audioFormat(block.mimeType) : undefined;
  if (block.type === 'audio' && format !== undefined) {
    return { type: 'input_audio', input_audio: { data: block.data, format } };
  }
  return { type: 'text', text: blockText(block) };
}

function audioFormat(mimeType: string): string | undefined {
  return { 'audio/wav': 'wav', 'audio/x-wav': 'wav', 'audio/mpeg': 'mp3', 'audio/mp3': 'mp3' }[mimeType.toLowerCase()];
}
