import { ANSWER_BYTES, checkedMessage } from '../../runtime/asking/untrusted-answer.js';
import { checkerOf } from '../../schema/checker.js';
import type { Issue, JsonSchema } from '../../schema/schema.js';
import type { InputRequest, Json } from '../../spec.js';

/** What a journal entry holds beside an answer and its key, in bytes at the most. */
const ENTRY_FRAME = 256;

/** The most bytes of an answer that a journal takes whose entries may have `entry` bytes: what is accepted must not fail the task later. */
export const answerLimit = (key: string, entry: number): number =>
  Math.max(0, Math.min(ANSWER_BYTES, entry - ENTRY_FRAME - Buffer.byteLength(key)));

/** A client's way to say that it cannot answer: a JSON-RPC error where the answer would be. */
export interface ClientRefusal {
  readonly code: number;
  readonly message: string;
}

/** The refusal that stands where an answer would. No kind of answer has an `error`. */
export function refusalIn(answer: Json): ClientRefusal | undefined {
  const error = isObject(answer) ? answer.error : undefined;
  if (!isObject(error) || typeof error.code !== 'number' || typeof error.message !== 'string') return undefined;
  return { code: error.code, message: error.message.slice(0, 500) };
}

/** What is wrong with a client's answer to a question, as the end of a sentence; undefined if nothing is. */
export async function wrongWith(
  request: InputRequest,
  answer: Json,
  limit = ANSWER_BYTES,
): Promise<string | undefined> {
  if (Buffer.byteLength(JSON.stringify(answer)) > limit) return `is larger than ${limit} bytes`;
  if (!isObject(answer)) return 'is not an object';
  if (refusalIn(answer)) return undefined;
  if (request.method === 'elicitation/create') {
    const { params } = request;
    return params.mode === 'url' ? wrongAction(answer) : wrongWithForm(params.requestedSchema, answer);
  }
  return request.method === 'sampling/createMessage' ? wrongWithMessage(answer) : wrongWithRoots(answer);
}

function wrongAction({ action }: JsonObject): string | undefined {
  const isOne = action === 'accept' || action === 'decline' || action === 'cancel';
  return isOne ? undefined : 'has no action that is "accept", "decline" or "cancel"';
}

async function wrongWithForm(schema: object, answer: JsonObject): Promise<string | undefined> {
  const { action, content } = answer;
  if (action !== 'accept') return wrongAction(answer);
  const checker = checkerOf({ name: 'requestedSchema', json: schema as JsonSchema, emitted: false });
  await checker.prepare();
  const issues = checker.check(content ?? {});
  return issues && `does not fit the requested schema: ${issues.map(sentence).join('; ')}`;
}

function wrongWithMessage(answer: JsonObject): string | undefined {
  try {
    checkedMessage('sampling/createMessage', answer);
    return undefined;
  } catch (error) {
    return `is no message of a model: ${(error as Error).message}`;
  }
}

function wrongWithRoots({ roots }: JsonObject): string | undefined {
  const isList = Array.isArray(roots) && roots.every((root: Json) => isObject(root) && typeof root.uri === 'string');
  return isList ? undefined : 'has no list of roots, each with a uri';
}

type JsonObject = { readonly [key: string]: Json | undefined };

const isObject = (value: Json | undefined): value is JsonObject & { readonly [key: string]: Json } =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

const sentence = ({ path, message }: Issue): string => (path === '' ? message : `${path} ${message}`);
