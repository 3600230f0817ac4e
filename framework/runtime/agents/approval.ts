import type { ToolEntry } from '../../catalog/catalog.js';
import { canBeAsked } from '../capabilities.js';
import type { Effects } from '../journal/effects.js';
import type { Scope } from '../scope.js';
import { saysYes } from '../asking/yes-or-no.js';

/** A tool call that may need the user's consent. */
export interface Wish {
  readonly agent: string;
  readonly tool: ToolEntry;
  readonly input: unknown;
}

// A question is read by a person; the whole input goes to the tool in any case.
const SHOWN = 2000;

/**
 * Asks the user whether an agent may call a tool that wants to be asked about; `key` is the call's. Gives back what the model is
 * told where it may not. Invalid arguments are not asked about: they never get to run.
 */
export async function refusalOf(
  effects: Effects,
  scope: Scope,
  key: string,
  { agent, tool, input }: Wish,
): Promise<string | undefined> {
  const { name, approval } = tool;
  if (approval === undefined || approval === false) return undefined;
  const checked = await tool.input.validate(input);
  if (!checked.ok) return undefined;
  const own = scope.child(`${key}~approval`, scope.activity);
  if (approval !== true && !(await own.enter(() => approval(checked.value as never)))) return undefined;
  if (!canBeAsked(effects.site.client, 'elicitation')) {
    return `"${name}" needs the consent of the user, and there is no way to ask for it here. Go on without it.`;
  }
  const message = `The agent "${agent}" wants to call the tool "${name}" with ${shownOf(input)}. Do you allow it?`;
  const isAllowed = await saysYes(effects, own, { message, name: 'allow', title: 'Allow it' });
  return isAllowed ? undefined : `The user did not allow this call of "${name}". Go on without it, or ask them why.`;
}

// What turns the direction of writing, or is not seen, could make the arguments look like others.
function shownOf(input: unknown): string {
  const text = JSON.stringify(input).replace(/\p{Cf}/gu, (unseen) => `\\u{${unseen.codePointAt(0)?.toString(16)}}`);
  return text.length > SHOWN ? `${text.slice(0, SHOWN)}... (${text.length - SHOWN} more characters)` : text;
}
