import type { ElicitRequestFormParams } from '../../spec.js';
import type { Effects } from '../journal/effects.js';
import { askUser } from './elicitation.js';
import type { Scope } from '../scope.js';

/** A question to which only a yes is a yes. */
export interface YesOrNo {
  readonly message: string;
  /** The box to tick: its name in the answer, and what stands beside it. */
  readonly name: string;
  readonly title: string;
}

/** Asks the user by a form of one box, which is empty at first. */
export async function saysYes(effects: Effects, scope: Scope, { message, name, title }: YesOrNo): Promise<boolean> {
  const requestedSchema: ElicitRequestFormParams['requestedSchema'] = {
    type: 'object',
    properties: { [name]: { type: 'boolean', title, default: false } },
    required: [name],
  };
  const { action, content } = await askUser(effects, scope, { mode: 'form', message, requestedSchema });
  return action === 'accept' && (content as Readonly<Record<string, unknown>> | undefined)?.[name] === true;
}
