import { type CallToolResult, ToolError } from 'perdura';

/**
 * A result of another server, as far as it is one of this protocol's: its content, and whether it is an error. Its `_meta` is
 * between that server and its clients.
 * @throws ToolError where it is larger than `most` bytes
 */
export function remoteResult(result: CallToolResult, most: number): CallToolResult {
  const { content, structuredContent, isError } = result;
  // Models read content; some servers send the structure alone.
  const said: CallToolResult['content'] =
    content.length === 0 && structuredContent !== undefined
      ? [{ type: 'text', text: JSON.stringify(structuredContent) }]
      : content;
  const bytes = Buffer.byteLength(JSON.stringify(said));
  if (bytes > most) throw new ToolError(`The result has ${bytes} bytes; the limit is ${most}. Ask for less at a time.`);
  return { content: said, ...(isError === true && { isError }) };
}
