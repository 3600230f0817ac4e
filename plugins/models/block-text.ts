import type { ContentBlock } from 'perdura';

/** A block of a message or a result in words: what it says, or what it is, for a provider that takes only text in its place. */
export function blockText(block: ContentBlock): string {
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
