/** What the model knows of English: words that carry nothing in a question, and words that stand for each other. */

/** Grammar: never a search term. */
export const STOP_WORDS = new Set(
  (
    'a about after all also between an and any are as at be been before being both but by can cannot could did do does during each else ' +
    'ever every few for from get gets give given gives had has have having he her here his how i if in into is it its just let like ' +
    'many may me might more most much must my need needs no nor not of off on once one only or other our out over own ' +
    'please same shall she should show so some such tell than that the their them then there these they this those through to too ' +
    'until up us was we were what when where which while who whom whose why will with without would you your explain ' +
    'happen happens thing things way ways mean means there today now currently'
  ).split(' '),
);

/** Verbs and nouns that fit any question: searched for, but no evidence by themselves. */
export const LIGHT_WORDS = new Set(
  (
    'call case change code create define difference do example find function handle kind library make module new option package part ' +
    'project run set something stop treat try type use user value want work write file support specific different time'
  ).split(' '),
);

const GROUPS = [
  'lost lose losing disconnect disconnected dropped drop closed broken down',
  'reconnect reconnection reconnecting retry retries',
  'retry retries attempt attempts backoff reconnect',
  'fail failing failed failure counterexample',
  'error exception throw reject',
  'unknown unrecognized extra additional unexpected undeclared',
  'key keys property properties field fields',
  'custom own customized',
  'nested nest deep deeply',
  'shrink shrunk shrinking minimal simpler smallest simplify',
  'remove delete drop unset',
  'add append insert register',
  'disable off skip ignore suppress',
  'enable activate allow turn',
  'limit maximum max cap',
  'default defaults fallback',
  'timeout expire expires deadline',
  'cancel abort aborted',
  'parallel concurrent concurrency concurrently workers',
  'serial sequential sequentially inband',
  'log logging logger logs',
  'install installation setup',
  'configure configuration config settings options',
  'validate validation validator check',
  'convert transform parse coerce',
  'hide redact redaction mask censor',
  'fast performance faster speed',
  'schedule cron delayed repeat',
  'mock fake spy',
  'encode escape escaping',
  'match matches matching pattern',
].map((line) => line.split(' '));

/** Words that may stand for this one in a text. */
export function synonymsOf(word: string): readonly string[] {
  return [...new Set(GROUPS.filter((group) => group.includes(word)).flat())].filter((other) => other !== word);
}
