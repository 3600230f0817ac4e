import type {
  CreateMessageRequestParams,
  CreateMessageResultWithTools,
  SamplingMessageContentBlock,
  Tool,
} from '@modelcontextprotocol/client';

export type ModelRequest = CreateMessageRequestParams;
export type ModelAnswer = CreateMessageResultWithTools;
export type Block = SamplingMessageContentBlock;
export type OfferedTool = Tool;

/** What answers `sampling/createMessage` on the client's side. It is given the request and nothing else. */
export type SamplingModel = (request: ModelRequest) => Promise<ModelAnswer>;

/** The content of a message as a list; on the wire one block may stand alone. */
export function blocksOf({ content }: ModelRequest['messages'][number]): readonly Block[] {
  return Array.isArray(content) ? content : [content];
}
