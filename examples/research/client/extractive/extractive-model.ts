/**
 * The model of the demo that needs no key. It is not a language model and does not pretend to be one: it extracts.
 *
 * It is given what any model behind `sampling/createMessage` is given (system prompt, messages, tools, tool choice) and
 * nothing else: no file, no index, no hint beside the request. From that it works out its role:
 *
 * - a search tool is offered, or tools have answered: it is a researcher. It makes up queries from the question's terms,
 *   their forms and synonyms, reads around what it found, follows one name from there, and then ranks the statements that
 *   the tools returned. The best become claims; where they cover too little of the question it answers with none.
 * - the answer's schema has a list of strings: it is a planner and splits the question.
 * - claims stand in the prompt, and there is a tool to read: it is a checker, and keeps those whose quotes it finds on their lines.
 * - otherwise claims stand in the prompt: it is an editor that merges, drops and orders them.
 *
 * Equal requests get equal answers: there is no clock, no randomness and no memory between requests.
 */
import type { ModelAnswer, ModelRequest } from '../model.js';
import { type Conversation, isObject, toolTaking, understand } from './conversation.js';
import { confirmed, isChecker, nextReads } from './checker.js';
import { edit } from './editor.js';
import { plan } from './planner.js';
import { findings, nextCalls } from './researcher.js';

type Kind = 'strings' | 'objects' | 'boolean';

/** Answers one `sampling/createMessage` request. */
export async function extractiveModel(request: ModelRequest): Promise<ModelAnswer> {
  const conversation = understand(request);
  const calls = isChecker(conversation) ? nextReads(conversation) : nextCalls(conversation);
  if (calls.length === 0) return say(JSON.stringify(answerTo(conversation)));
  const content = calls.map(({ name, input }, index) => ({
    type: 'tool_use' as const,
    id: `call-${conversation.turns + 1}-${index + 1}`,
    name,
    input,
  }));
  return { role: 'assistant', model: 'extractive', stopReason: 'toolUse', content };
}

function say(text: string): ModelAnswer {
  return { role: 'assistant', model: 'extractive', stopReason: 'endTurn', content: { type: 'text', text } };
}

function answerTo(conversation: Conversation): Record<string, unknown> {
  const { question, prompt, schema, results, tools } = conversation;
  const strings = propertyOf(schema, 'strings');
  const isResearcher = results.length > 0 || toolTaking('query', tools) !== undefined;
  if (!isResearcher && strings !== undefined) return { [strings]: plan(question) };
  const claims = isChecker(conversation)
    ? confirmed(conversation)
    : isResearcher
      ? findings(conversation)
      : edit(question, prompt);
  const answered = propertyOf(schema, 'boolean');
  return {
    ...(answered === undefined ? {} : { [answered]: claims.length > 0 }),
    [propertyOf(schema, 'objects') ?? 'claims']: claims,
  };
}

/** The first property of the schema that is of a kind: that is where the answer belongs, whatever its name. */
function propertyOf({ properties }: Record<string, unknown>, kind: Kind): string | undefined {
  if (!isObject(properties)) return undefined;
  return Object.entries(properties).find(([, schema]) => isObject(schema) && kindOf(schema) === kind)?.[0];
}

function kindOf({ type, items }: Record<string, unknown>): Kind | undefined {
  if (type === 'boolean') return 'boolean';
  if (type !== 'array' || !isObject(items)) return undefined;
  return items.type === 'string' ? 'strings' : 'objects';
}
