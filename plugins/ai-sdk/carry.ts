import type { Json } from 'perdura';
import type { Metadata } from './parts.js';

/** A part of a message as its provider gave it: reasoning, or a block of the message with data of the provider's own. */
export type CarriedPart =
  | { readonly reasoning: string; readonly metadata?: Metadata }
  | { readonly block: number; readonly metadata?: Metadata };

interface Carry {
  /** The model that it is of, and means something to. */
  readonly sdk: string;
  readonly parts: readonly CarriedPart[];
}

/** What a message carries for its model; nothing where its blocks say everything. */
export function carryOf(model: string, parts: readonly CarriedPart[]): { readonly carry?: Json } {
  if (parts.every((part) => 'block' in part && part.metadata === undefined)) return {};
  return { carry: { sdk: model, parts } as unknown as Json };
}

/** The parts that a message carries, if this model's. */
export function partsIn(model: string, carry: Json | undefined): readonly CarriedPart[] | undefined {
  const { sdk, parts } = (carry ?? {}) as Partial<Carry>;
  return sdk === model ? parts : undefined;
}
