import type { Json, SamplingMessage } from '../../spec.js';

// Beside the messages and not in them: what is in a message is shown to authors, other models and clients.
const carry = new WeakMap<SamplingMessage, Json>();

/** What a model wants to see again together with its message, in whatever conversation the same message stands. */
export const carriedBy = (message: SamplingMessage): Json | undefined => carry.get(message);

/** A message of the model's, with what it wants to see again. */
export function carrying(message: SamplingMessage, what: Json | undefined): SamplingMessage {
  if (what !== undefined) carry.set(message, what);
  return message;
}
