import { type Completion, type FunctionCall, textIn } from './chat-answer.js';
import { unavailable } from './faults.js';
import { type Fields, fieldsOf, listOf } from './json-fields.js';
import { ReasoningReader } from './reasoning.js';

/** What a stream of chunks comes to. */
export interface StreamReader {
  /** The name of the model that was asked. */
  readonly model: string;
  /** Told of each piece of text, as it comes. */
  onText(text: string): void;
  /** The error that a chunk in place of an answer stands for. */
  complaint(body: unknown): Error;
}

/**
 * Reads a completion that comes in pieces.
 * @throws PerduraError `MODEL_UNAVAILABLE` where it breaks off: half an answer is none
 */
export async function readStream(events: AsyncIterable<string>, reader: StreamReader): Promise<Completion> {
  const calls = new Calls();
  const reasoning = new ReasoningReader();
  let text = '';
  let last: Pick<Completion, 'model' | 'finishReason' | 'usage'> = {};
  for await (const data of events) {
    if (data === '[DONE]') break;
    const chunk = parsed(data, reader.model);
    if (chunk['error'] != null) throw reader.complaint(chunk);
    const [choice = {}] = listOf(chunk['choices']).map(fieldsOf);
    const delta = fieldsOf(choice['delta']);
    reasoning.read(delta);
    const piece = textIn(delta['content']) || textIn(delta['refusal']);
    if (piece !== '') reader.onText(piece);
    text += piece;
    for (const call of listOf(delta['tool_calls']).map(fieldsOf)) calls.add(call);
    last = {
      ...last,
      ...(typeof chunk['model'] === 'string' && { model: chunk['model'] }),
      ...(typeof choice['finish_reason'] === 'string' && { finishReason: choice['finish_reason'] }),
      ...(chunk['usage'] != null && { usage: fieldsOf(chunk['usage']) }),
    };
  }
  if (last.finishReason === undefined) throw unavailable(reader.model, 'the answer broke off');
  return { ...last, text, reasoning: reasoning.members, calls: calls.all };
}

function parsed(data: string, model: string): Fields {
  try {
    return fieldsOf(JSON.parse(data));
  } catch (cause) {
    throw unavailable(model, 'the answer is not JSON', { cause });
  }
}

/** The tool calls of an answer, as their pieces come. */
class Calls {
  readonly all: FunctionCall[] = [];
  readonly #places = new Map<unknown, number>();

  /** Only the first piece of a call has its id and name, and servers that send calls whole may leave out their index. */
  add({ index, id, function: called, extra_content: extra }: Fields): void {
    const { name, arguments: args } = fieldsOf(called);
    const at = index ?? (id === '' ? undefined : id) ?? this.all.length;
    let place = this.#places.get(at) ?? this.all.length;
    const before = this.all[place]?.id;
    // Some servers give every call the index 0; others give every piece an id of its own, but the name to the first alone.
    if (isGiven(before) && isGiven(id) && id !== before && isGiven(name)) place = this.all.length;
    const call = this.all[place] ?? { id: '', name: '', arguments: '' };
    this.#places.set(at, place);
    this.all[place] = {
      id: call.id || (isGiven(id) ? id : ''),
      name: call.name || (isGiven(name) ? name : ''),
      arguments: call.arguments + (typeof args === 'string' ? args : args === undefined ? '' : JSON.stringify(args)),
      ...((extra ?? call.extra) != null && { extra: extra ?? call.extra }),
    };
  }
}

const isGiven = (value: unknown): value is string => typeof value === 'string' && value !== '';
