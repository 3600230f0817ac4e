import type { CreateMessageRequestParams, CreateMessageResult, ToolUseContent } from '../spec.js';

type Said =
  | string
  | { readonly calls: readonly { readonly name: string; readonly input?: Record<string, unknown> }[] }
  | CreateMessageResult;

/** What a scripted model says on one turn: text, tool calls, a whole message, or a function of the request that gives one of these. */
export type ScriptedTurn = Said | ((request: CreateMessageRequestParams) => Said);

/** A model that plays a script. */
export interface ScriptedModel {
  (request: CreateMessageRequestParams): Promise<CreateMessageResult>;
  /** Every request so far, in order. */
  readonly requests: readonly CreateMessageRequestParams[];
}

/** Makes a model that answers its n-th request with the n-th turn, and throws once the script is over. */
export function scriptedModel(turns: readonly ScriptedTurn[]): ScriptedModel {
  const requests: CreateMessageRequestParams[] = [];
  const model = async (request: CreateMessageRequestParams): Promise<CreateMessageResult> => {
    const turn = turns[requests.length];
    requests.push(request);
    if (turn === undefined)
      throw new Error(`The script has ${turns.length} turns; this is request ${requests.length}.`);
    return toMessage(typeof turn === 'function' ? turn(request) : turn, requests.length);
  };
  return Object.assign(model, { requests });
}

function toMessage(turn: Said, number: number): CreateMessageResult {
  if (typeof turn === 'string') {
    return { role: 'assistant', model: 'scripted', stopReason: 'endTurn', content: { type: 'text', text: turn } };
  }
  if (!('calls' in turn)) return turn;
  const content = (turn.calls as readonly { name: string; input?: Record<string, unknown> }[]).map(
    ({ name, input }, index): ToolUseContent => ({
      type: 'tool_use',
      id: `use-${number}-${index}`,
      name,
      input: input ?? {},
    }),
  );
  return { role: 'assistant', model: 'scripted', stopReason: 'toolUse', content };
}
