import { ASKING, SPAWN } from './children.js';
import { LIBRARY } from './library.js';
import { APPEND, BEGIN, CANCEL, CREATE, FINISH, HEARTBEAT, RECALL, YIELD } from './lifecycle.js';
import { ANSWER, ASK, PARK } from './questions.js';
import { SURVEY } from './survey.js';
import { DUE, GET, LIST, RESCUE, TRACE } from './upkeep.js';

/** May take memory, and so is refused where Redis has none left. */
const ADMIT = { create: CREATE } as const;

/** Leads tasks that were accepted to their end, which is what frees memory. */
const SERVE = {
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
  survey: SURVEY,
  due: DUE,
  rescue: RESCUE,
} as const;

export type AdmitName = keyof typeof ADMIT;
export type ServeName = keyof typeof SERVE;

/**
 * Runs several calls as one: their names and arguments come one after the other, `name, count, argument, ...`, and so do
 * their replies. A call that fails is answered with its error, and the others with what they did.
 */
const RUN = /* lua */ `
-- What Redis says begins with a word in capitals, in older versions behind the place in the script; Lua's own errors do not.
local function failed(error)
  if type(error) == 'table' then error = error.err end
  return redis.error_reply(string.match(error, '^%-?(%u%u+ .*)') or string.match(error, ': %-(%u%u+ .*)') or 'ERR ' .. error)
end
local function slice(from, to)
  if to - from < 1000 then return { unpack(ARGV, from, to) } end
  local part = {}
  for i = from, to do part[#part + 1] = ARGV[i] end
  return part
end
local replies, at = {}, 1
while at <= #ARGV do
  local to = at + 1 + ARGV[at + 1]
  local isDone, reply = pcall(CALLS[ARGV[at]], slice(at + 2, to))
  if not isDone then
    reply = failed(reply)
    -- A replica, where none of them can have written: said of the whole, it leads the connection to the new primary.
    if string.find(reply.err, '^%-?READONLY') then return reply end
  end
  replies[#replies + 1] = reply
  at = to + 1
end
if #hints > 0 then redis.call('PUBLISH', P .. 'hints', table.concat(hints, '\\n')) end
return replies
`;

// Each reads its arguments from `ARGV`, which is its own in the function that it becomes.
const scriptOf = (calls: Readonly<Record<string, string>>): string => {
  const functions = Object.entries(calls).map(([name, lua]) => `CALLS.${name} = function(ARGV)\n${lua}end\n`);
  return `${LIBRARY}local CALLS = {}\n${functions.join('')}${RUN}`;
};

/** The two scripts of the store. Where Redis knows script flags (7.0 and later), one may write when memory is used up. */
export function taskScripts({ hasFlags }: { readonly hasFlags: boolean }): Readonly<Record<'admit' | 'serve', string>> {
  return { admit: scriptOf(ADMIT), serve: (hasFlags ? '#!lua flags=allow-oom\n' : '') + scriptOf(SERVE) };
}
