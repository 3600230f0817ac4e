import type { StandardSchemaV1 } from '@standard-schema/spec';
import { issuePath, oneLine } from './issue-path.js';
import type { Issue } from './schema.js';

/** More than any rule needs; some vendors name every property that they do not know. */
const LONGEST = 1_000;

/** What vendors add to an issue: valibot `received`, arktype the others. */
interface VendorIssue extends StandardSchemaV1.Issue {
  readonly received?: unknown;
  readonly expected?: unknown;
  readonly problem?: unknown;
  readonly code?: unknown;
  readonly errors?: unknown;
}

/** The issue that a vendor found in `value`, in one line: its place and the rule, without the value. */
export function standardIssue(issue: StandardSchemaV1.Issue, value: unknown): Issue {
  const steps = stepsOf(issue);
  const message = withoutReceived(issue);
  const found = steps.reduce<unknown>(memberOf, value);
  // Whatever else a vendor says of a text, it quotes it.
  const quoted = typeof found === 'string' && found !== '' ? JSON.stringify(found) : undefined;
  const told = quoted === undefined ? message : message.replaceAll(quoted, 'the value');
  return { path: issuePath(steps), message: oneLine(told, LONGEST) };
}

function withoutReceived(issue: VendorIssue): string {
  const { message, received, expected, problem } = issue;
  if (typeof expected === 'string' && typeof problem === 'string' && message.endsWith(problem)) {
    return `must be ${expectedBy(issue)}`;
  }
  const tail = / but received |: Received /.exec(message);
  if (tail === null || typeof received !== 'string' || !message.endsWith(tail[0] + received)) return message;
  return message.slice(0, -(tail[0] + received).length);
}

/** What arktype expects. A choice, and several rules of one place, say it of each part: what they say as a whole has the value in it. */
function expectedBy(issue: VendorIssue): string {
  const { code, expected, errors } = issue;
  if (!Array.isArray(errors)) return String(expected);
  const depth = stepsOf(issue).length;
  const parts = (errors as readonly VendorIssue[]).map((part) => {
    const deeper = issuePath(stepsOf(part).slice(depth));
    return deeper === '' ? expectedBy(part) : `${expectedBy(part)} at ${deeper}`;
  });
  return [...new Set(parts)].join(code === 'union' ? ' or ' : ' and ');
}

function stepsOf({ path }: StandardSchemaV1.Issue): readonly PropertyKey[] {
  return Array.from(path ?? [], (step) => (typeof step === 'object' ? step.key : step));
}

function memberOf(holder: unknown, key: PropertyKey): unknown {
  const has = typeof holder === 'object' && holder !== null && Object.hasOwn(holder, key);
  return has ? (holder as Record<PropertyKey, unknown>)[key] : undefined;
}
