import type { LanguageModelUsage } from 'ai';

/** Data of a provider's own, such as the signature of what a model thought. */
export type Metadata = Readonly<Record<string, Readonly<Record<string, unknown>>>>;

interface Marked {
  readonly providerMetadata?: Metadata | undefined;
}

/** The end of an answer. */
export interface Finish {
  readonly type: 'finish-step';
  readonly finishReason: string;
  readonly usage: LanguageModelUsage;
  readonly response: { readonly modelId: string };
}

export interface ToolCallPart extends Marked {
  readonly type: 'tool-call';
  readonly toolCallId: string;
  readonly toolName: string;
  readonly input: unknown;
}

/** The parts of the SDK's stream that say something here. */
export type Part =
  | (Marked & { readonly type: 'text-start' | 'text-end' | 'reasoning-start' | 'reasoning-end'; readonly id: string })
  | (Marked & { readonly type: 'text-delta' | 'reasoning-delta'; readonly id: string; readonly text: string })
  | ToolCallPart
  | Finish
  | { readonly type: 'error'; readonly error: unknown }
  | { readonly type: 'abort' };

/** A piece of an answer, in the place where it began. */
export type Said =
  | { readonly type: 'text'; text: string; metadata?: Metadata }
  | { readonly type: 'reasoning'; text: string; metadata?: Metadata }
  | { readonly type: 'tool-call'; readonly call: ToolCallPart; readonly metadata?: Metadata };

type Growing = Extract<Said, { readonly text: string }>;

/** Puts the pieces of an answer together as they come. */
export class Saying {
  readonly all: Said[] = [];
  readonly #growing = new Map<string, Growing>();
  end: Finish | undefined;

  /** Returns the text that a reader of the answer sees next. */
  take(part: Part): string {
    if (part.type === 'error') throw part.error;
    if (part.type === 'finish-step') this.end = part;
    if (part.type === 'tool-call') this.all.push({ type: 'tool-call', call: part, ...marked(part) });
    if (!('id' in part)) return '';
    const isText = part.type.startsWith('text');
    const said = this.#of(isText ? 'text' : 'reasoning', part.id);
    Object.assign(said, marked(part));
    if (!('text' in part)) return '';
    said.text += part.text;
    return isText ? part.text : '';
  }

  #of(type: Growing['type'], id: string): Growing {
    const key = `${type} ${id}`;
    const known = this.#growing.get(key);
    if (known !== undefined) return known;
    const said: Growing = { type, text: '' };
    this.#growing.set(key, said);
    this.all.push(said);
    return said;
  }
}

// The last that is told of a part counts.
const marked = ({ providerMetadata }: Marked): { readonly metadata?: Metadata } =>
  providerMetadata === undefined ? {} : { metadata: providerMetadata };
