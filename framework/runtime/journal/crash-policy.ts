import { PerduraError } from '../../errors.js';
import type { OnCrash } from '../../metadata/agent-tool.js';
import { canBeAsked } from '../capabilities.js';
import type { Begin, Effects } from './effects.js';
import type { Scope } from '../scope.js';
import { saysYes } from '../asking/yes-or-no.js';

/** An effect that must not happen twice unnoticed. */
export interface Risk {
  readonly policy: OnCrash;
  /** What is asked about, for the question. */
  readonly what: string;
}

/**
 * Notes in the journal that an effect is about to start (`key~started.1`), so that a later run can tell one that never
 * began from one that was cut off. Where one was, the policy decides: run it again, end the task, or ask the client.
 * Outside of tasks there is no later run, and nothing is noted.
 */
export function startOnce(effects: Effects, scope: Scope, { policy, what }: Risk): Begin {
  return async (key, settled) => {
    const interrupted = effects.site.task?.interrupted;
    if (interrupted === undefined) return;
    const starts = count((n) => effects.has(`${key}~started.${n}`));
    const cuts = Array.from({ length: starts }, (_, n) => effects.has(`${key}~cut.${n + 1}`));
    const isCut = cuts.pop() === true;
    const start = () => effects.note(scope, `${key}~started.${starts + 1}`);
    // Each earlier start came to a failure, or was cut off and then answered for.
    if (starts === settled + cuts.filter(Boolean).length) return start();
    // It waits inside of itself, for an answer or a timer, and has been left in order.
    if (!isCut && !interrupted) return;
    if (policy === 'retry') return;
    if (policy === 'fail' || !canBeAsked(effects.site.client, 'elicitation'))
      return effects.abandon(PerduraError.of('STEP_INTERRUPTED', key));
    if (!isCut) await effects.note(scope, `${key}~cut.${starts}`);
    const message = `${what} was interrupted: it may have happened, wholly or in part. Run it again?`;
    const own = scope.child(`${key}~again.${starts}`, scope.activity);
    const isWanted = await saysYes(effects, own, { message, name: 'again', title: 'Run it again' });
    return isWanted ? start() : effects.abandon(PerduraError.of('STEP_INTERRUPTED', key));
  };
}

function count(holds: (n: number) => boolean): number {
  let n = 0;
  while (holds(n + 1)) n++;
  return n;
}
