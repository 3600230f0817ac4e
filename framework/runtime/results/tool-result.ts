import type { ToolEntry } from '../../catalog/catalog.js';
import { PerduraError } from '../../errors.js';
import type { Schema } from '../../schema/schema.js';
import type { CallToolResult, ContentBlock } from '../../spec.js';
import { brokenBlock, brokenResult, isBlock, isFields } from './content-blocks.js';
import { issueList } from './issues.js';
import { checkSize, jsonText } from './result-size.js';
import { sanitiseJson, sanitiseText } from './sanitise.js';

/**
 * What a tool's handler returned as the result that is sent: text as it is, nothing as no content, a `CallToolResult`
 * checked, anything else as JSON text; with an output shape also as `structuredContent`.
 * @throws PerduraError `RESULT_INVALID`, `RESULT_TOO_LARGE`, `OUTPUT_INVALID`
 */
export function toolResult(entry: ToolEntry, value: unknown, limit: number): CallToolResult | Promise<CallToolResult> {
  const { name, output } = entry;
  if (isCallToolResult(value, output !== undefined)) return wholeResult(entry, value, limit);
  if (output !== undefined) return structured(name, output, value, limit);
  if (value === undefined) return { content: [] };
  if (typeof value !== 'string')
    return { content: [{ type: 'text', text: sanitiseJson(jsonText(name, value, limit)) }] };
  checkSize(name, value, limit);
  return { content: [{ type: 'text', text: sanitiseText(value) }] };
}

async function structured(name: string, output: Schema, value: unknown, limit: number): Promise<CallToolResult> {
  const serialised = output.serialise(value);
  const checked = serialised instanceof Promise ? await serialised : serialised;
  if (!checked.ok) throw PerduraError.of('OUTPUT_INVALID', name, issueList(checked.issues));
  const raw = jsonText(name, checked.value, limit);
  const text = sanitiseJson(raw);
  return {
    content: [{ type: 'text', text }],
    structuredContent: (text === raw ? checked.value : JSON.parse(text)) as CallToolResult['structuredContent'],
  };
}

const MEMBERS: ReadonlySet<string> = new Set(['content', 'structuredContent', 'isError', '_meta']);

/**
 * Whether a handler returned a whole result and not a value that happens to have a `content`. Where an output shape is
 * promised, a result must carry the structure, or be an error, to be one.
 */
function isCallToolResult(value: unknown, hasOutput: boolean): value is CallToolResult {
  if (!isFields(value) || !Array.isArray(value['content'])) return false;
  if (!value['content'].every(isBlock) || !Object.keys(value).every((key) => MEMBERS.has(key))) return false;
  return !hasOutput || value['isError'] === true || value['structuredContent'] !== undefined;
}

async function wholeResult({ name, output }: ToolEntry, value: CallToolResult, limit: number): Promise<CallToolResult> {
  const broken = value.content
    .map((block: ContentBlock, index) => brokenBlock(block, `content[${index}]`))
    .concat(brokenResult(value))
    .find(Boolean);
  if (broken !== undefined) throw PerduraError.of('RESULT_INVALID', name, broken);
  if (output === undefined || value.structuredContent === undefined) return passed(name, value, limit);
  const checked = await output.serialise(value.structuredContent);
  if (!checked.ok) throw PerduraError.of('OUTPUT_INVALID', name, issueList(checked.issues));
  return passed(name, { ...value, structuredContent: checked.value as typeof value.structuredContent }, limit);
}

/** A copy of a whole result, as JSON has it. */
export function passed<T>(name: string, value: T, limit: number): T {
  return JSON.parse(sanitiseJson(jsonText(name, value, limit))) as T;
}
