import type { Json } from 'perdura';
import { type Fields, fieldsOf, listOf } from './json-fields.js';

/**
 * What a model thought before it answered, in the members that servers of this interface have for it. Some refuse a conversation in
 * which it is missing from a message that called tools (DeepSeek, Kimi, Gemini), others answer worse.
 */
export interface Reasoning {
  /** Members of the message. */
  readonly message: Fields;
  /** Of tool calls, by their ids: signatures that go by themselves. */
  readonly calls: Readonly<Record<string, unknown>>;
}

const TEXTS = ['reasoning_content', 'reasoning'] as const;
const DETAILS = 'reasoning_details';

/** Gathers the reasoning of an answer out of its message, or of its pieces in their order. */
export class ReasoningReader {
  readonly #texts = new Map<string, string>();
  readonly #details: Fields[] = [];

  read(message: Fields): void {
    for (const member of TEXTS) {
      const text = message[member];
      if (typeof text === 'string') this.#texts.set(member, (this.#texts.get(member) ?? '') + text);
    }
    for (const detail of listOf(message[DETAILS]).map(fieldsOf)) this.#add(detail);
  }

  get members(): Fields {
    const texts = [...this.#texts].filter(([, text]) => text !== '');
    return { ...Object.fromEntries(texts), ...(this.#details.length > 0 && { [DETAILS]: this.#details }) };
  }

  /** Pieces of one detail follow each other; what each of them says anew, such as the signature, counts. */
  #add(detail: Fields): void {
    const last = this.#details.at(-1);
    const isSame =
      last?.['index'] !== undefined && last['index'] === detail['index'] && last['type'] === detail['type'];
    if (last === undefined || !isSame) return void this.#details.push(detail);
    const told = Object.entries(detail).filter(([, value]) => value != null);
    const joined = told.map(([name, value]) => [name, GROWING.has(name) ? text(last[name]) + text(value) : value]);
    this.#details[this.#details.length - 1] = { ...last, ...(Object.fromEntries(joined) as Fields) };
  }
}

const GROWING: ReadonlySet<string> = new Set(['text', 'summary', 'data']);

const text = (value: unknown): string => (typeof value === 'string' ? value : '');

/** What an answer carries of its reasoning, for the model of that name; nothing where there is none. */
export function carryOf(model: string, { message, calls }: Reasoning): { readonly carry?: Json } {
  if (Object.keys(message).length === 0 && Object.keys(calls).length === 0) return {};
  return { carry: { chat: model, message, calls } as Json };
}

/** The reasoning that a message carries, if this model's. */
export function reasoningIn(model: string, carry: Json | undefined): Reasoning | undefined {
  const { chat, message, calls } = fieldsOf(carry);
  return chat === model ? { message: fieldsOf(message), calls: fieldsOf(calls) } : undefined;
}
