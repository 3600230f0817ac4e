import { PerduraError } from '../../errors.js';
import type { CallSite } from '../../runtime/call.js';
import type { AsideEntry, Journal, JournalEntry } from '../../runtime/journal/journal.js';
import type { EffectNote } from '../../runtime/trace/trace-note.js';

/** A replay that neither ends nor waits for an effect by then waits for something outside of `ctx`, which tells nothing. */
const PATIENCE = 1_000;

/**
 * A journal for development: after each entry the handler is run again over what is recorded so far, and must come to the
 * same effects. What would be found out at the first crash in production is so found out at the first run.
 */
export class CheckedJournal implements Journal {
  readonly #seen = new Map<string, JournalEntry | AsideEntry>();

  constructor(
    private readonly journal: Journal,
    /** Runs the handler at a site that replays. */
    private readonly replay: (site: Pick<CallSite, 'journal' | 'replaying'>) => Promise<unknown>,
  ) {}

  get(key: string): JournalEntry | AsideEntry | undefined {
    const entry = this.journal.get(key);
    if (entry) this.#seen.set(key, entry);
    return entry;
  }

  load(key: string): Promise<JournalEntry> {
    return (this.journal as Required<Journal>).load(key);
  }

  /** @throws PerduraError `NON_DETERMINISM` naming the first step that the replay does not come to, or asks otherwise */
  async append(key: string, entry: JournalEntry, note?: EffectNote): Promise<void> {
    await this.journal.append(key, entry, note);
    this.#seen.set(key, entry);
    const diverged = await this.#check();
    if (diverged !== undefined) throw PerduraError.of('NON_DETERMINISM', diverged);
  }

  async #check(): Promise<string | undefined> {
    const expected = [...this.#seen.keys()];
    const entries = new Map(this.#seen);
    const visited = new Set<string>();
    let diverged: string | undefined;
    const journal: Journal = {
      get(key) {
        visited.add(key);
        return entries.get(key);
      },
      load: (key) => this.load(key),
      append: () => new Promise(() => undefined),
    };
    let timer: NodeJS.Timeout | undefined;
    const patience = new Promise<'unknown'>((resolve) => (timer = setTimeout(() => resolve('unknown'), PATIENCE)));
    const replaying = { diverged: (key: string) => void (diverged ??= key) };
    const ended = await Promise.race([this.replay({ journal, replaying }), patience]);
    clearTimeout(timer);
    if (diverged !== undefined || ended === 'unknown') return diverged;
    return expected.find((key) => !visited.has(key) && !isWithin(key, visited));
  }
}

/** Whether a replay passes a key over: a mark of how an effect went, or an effect inside of one that it came to. */
function isWithin(key: string, visited: ReadonlySet<string>): boolean {
  if (key.includes('~')) return true;
  for (let end = key.indexOf('/'); end >= 0; end = key.indexOf('/', end + 1)) {
    if (visited.has(key.slice(0, end))) return true;
  }
  return false;
}
