import { ASKING, SPAWN } from './children.js';
import { LIBRARY } from './library.js';
import { APPEND, BEGIN, CANCEL, CREATE, FINISH, HEARTBEAT, RECALL, YIELD } from './lifecycle.js';
import { ANSWER, ASK, PARK } from './questions.js';
import { DUE, GET, LIST, RESCUE, TRACE } from './upkeep.js';

const SCRIPTS = {
  create: CREATE,
  spawn: SPAWN,
  asking: ASKING,
  begin: BEGIN,
  append: APPEND,
  recall: RECALL,
  heartbeat: HEARTBEAT,
  ask: ASK,
  answer: ANSWER,
  park: PARK,
  yield: YIELD,
  finish: FINISH,
  cancel: CANCEL,
  get: GET,
  trace: TRACE,
  list: LIST,
  due: DUE,
  rescue: RESCUE,
} as const;

export type ScriptName = keyof typeof SCRIPTS;

/**
 * The text of each script. Where Redis knows script flags (7.0 and later), all but `create` may write when memory is
 * used up: what was accepted can then still end, and ending is what frees memory.
 */
export function scriptTexts({ hasFlags }: { readonly hasFlags: boolean }): Readonly<Record<ScriptName, string>> {
  const texts = Object.entries(SCRIPTS).map(([name, lua]) => {
    const flags = hasFlags && name !== 'create' ? '#!lua flags=allow-oom\n' : '';
    return [name, flags + LIBRARY + lua];
  });
  return Object.fromEntries(texts) as Record<ScriptName, string>;
}
