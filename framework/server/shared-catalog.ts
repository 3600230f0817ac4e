import type { CatalogState } from '../catalog/catalog-state.js';
import type { CatalogShare } from '../catalog/live-catalog.js';
import { tryAgain } from '../protocol/try-again.js';
import type { Post } from './post.js';

/** Which entries of the catalog are disabled, for all processes of an app and for those that start later. */
export interface Switches {
  /** Keys of what is disabled. */
  disabled(): Promise<readonly string[]>;
  set(key: string, isDisabled: boolean): Promise<void>;
}

/** What all processes of an app know of its catalog: which entries are disabled, and which resources changed. */
export class SharedCatalog implements CatalogShare {
  #read: Promise<void> = Promise.resolve();
  readonly #stops: (() => void)[] = [];

  constructor(
    private readonly state: CatalogState,
    private readonly shared: { readonly switches: Switches; readonly post: Post },
    private readonly report: (error: unknown) => void,
  ) {}

  /** Resolves when this process knows what is disabled, and hears of what changes. */
  async open(): Promise<void> {
    const { post } = this.shared;
    // Its connections come back one after the other: that it has returned may be heard before it takes calls.
    const refresh = (): void => void tryAgain(() => this.#refresh(), this.report).catch(() => undefined);
    this.#stops.push(
      post.onLetter((letter) => {
        if (letter.kind === 'switched') refresh();
        else if (letter.kind === 'updated') this.state.tell({ ...letter, kind: 'resource' });
      }),
      post.onReturn(refresh),
    );
    await this.#refresh();
  }

  async keep(key: string, isDisabled: boolean): Promise<void> {
    const { switches, post } = this.shared;
    await switches.set(key, isDisabled);
    post.send({ kind: 'switched' });
    await this.#refresh();
  }

  updated(uri: string, owner?: string): void {
    this.shared.post.send({ kind: 'updated', uri, ...(owner !== undefined && { owner }) });
  }

  close(): void {
    for (const stop of this.#stops) stop();
  }

  /** The letter only says that there is something new, and reads follow each other: the last one has the last word. */
  #refresh(): Promise<void> {
    const read = this.#read.then(async () => this.state.disable(await this.shared.switches.disabled()));
    this.#read = read.catch(() => undefined);
    return read;
  }
}
