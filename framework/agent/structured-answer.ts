import { issueText } from '../runtime/results/issues.js';
import type { Issue, Schema, Validation } from '../schema/schema.js';

/** How often a model may try again after an answer of the wrong shape. */
export const REPAIRS = 2;

/** What the system prompt adds to ask for an answer of this shape. */
export function answerInstructions({ json }: Schema): string {
  return `When you have what you need, answer with one JSON value that is valid against this JSON Schema, and with nothing else:\n${JSON.stringify(json)}`;
}

/** What a model is told of an answer that does not fit. */
export function repairPrompt(issues: readonly Issue[]): string {
  return [
    'That answer does not fit the JSON Schema:',
    ...issues.map((issue) => `- ${issueText(issue)}`),
    'Answer again with the corrected JSON value alone.',
  ].join('\n');
}

/** Reads the JSON value in a model's answer, whatever it wrote around it, and checks it. */
export async function readAnswer(output: Schema, text: string): Promise<Validation<unknown>> {
  let refused: Validation<unknown> | undefined;
  for (const candidate of candidatesIn(text)) {
    const parsed = parse(candidate);
    if (parsed === undefined) continue;
    const read = await output.validate(parsed.value);
    if (read.ok) return read;
    refused ??= read;
  }
  return refused ?? { ok: false, issues: [{ path: '', message: 'it is not JSON' }] };
}

/** The whole text, what stands in its first code fence, and what stands between its outermost braces, or brackets. */
function* candidatesIn(text: string): Generator<string> {
  yield text;
  const opening = text.indexOf('```');
  const start = opening < 0 ? -1 : text.indexOf('\n', opening);
  const end = start < 0 ? -1 : text.indexOf('```', start);
  if (end >= 0) yield text.slice(start, end);
  for (const pair of ['{}', '[]']) {
    const [from, to] = [text.indexOf(pair.charAt(0)), text.lastIndexOf(pair.charAt(1))];
    if (from >= 0 && to > from) yield text.slice(from, to + 1);
  }
}

function parse(text: string): { readonly value: unknown } | undefined {
  try {
    return { value: JSON.parse(text) as unknown };
  } catch {
    return undefined;
  }
}
