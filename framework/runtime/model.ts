import type { CreateMessageRequestParams, CreateMessageResult } from '../spec.js';

/**
 * A language model in the shape of `sampling/createMessage` (SEP-1577). The client's own model is the default;
 * `createApp({ model })` puts a provider of the server's in its place.
 */
export type Model = (
  request: CreateMessageRequestParams,
  options: { readonly signal: AbortSignal },
) => Promise<CreateMessageResult>;
