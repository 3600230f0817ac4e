import type { Class } from '../metadata/class.js';
import type { AgentEntry, Catalog, PromptEntry, ResourceEntry, ResourceTemplateEntry, ToolEntry } from './catalog.js';
import type { CatalogState, EntryKind } from './catalog-state.js';

/** Carries what changes to the other processes of an app. */
export interface CatalogShare {
  /** Keeps for all processes whether an entry is disabled; resolves once it is in force in this one. */
  keep(key: string, isDisabled: boolean): Promise<void>;
  /** Tells the others, at once and without a promise. */
  updated(uri: string, owner?: string): void;
}

/**
 * The catalog of a running app: what clients are offered now, and how to change that. `app.catalog`, or injected: a constructor
 * that takes a `LiveCatalog` is given the app's. Clients that listen hear of every change (`notifications/.../list_changed`,
 * `notifications/resources/updated`), on both revisions.
 */
export class LiveCatalog implements Catalog {
  readonly #state: CatalogState;
  readonly #share: CatalogShare | undefined;

  /** Made by `createApp`. */
  constructor(state: CatalogState, share?: CatalogShare) {
    this.#state = state;
    this.#share = share;
  }

  /** Tools and tasks by name. */
  get tools(): ReadonlyMap<string, ToolEntry> {
    return this.#state.offered.tools;
  }

  /** Resources with a fixed URI, by that. */
  get resources(): ReadonlyMap<string, ResourceEntry> {
    return this.#state.offered.resources;
  }

  get templates(): readonly ResourceTemplateEntry[] {
    return this.#state.offered.templates;
  }

  /** Prompts by name. */
  get prompts(): ReadonlyMap<string, PromptEntry> {
    return this.#state.offered.prompts;
  }

  /** Agents by class, those too that only other agents name. */
  get agents(): ReadonlyMap<Class, AgentEntry> {
    return this.#state.offered.agents;
  }

  /**
   * Offers what decorators left on these classes, after what there is. In this process: code does not travel, so where there
   * are several, each adds what it has. Tasks cannot be added, since workers take them on at their start.
   *
   * @throws BootError with every mistake, of these classes and together with what there is; nothing is added then
   */
  add(...classes: readonly Class[]): void {
    this.#state.add(classes);
  }

  /**
   * Takes back what these classes offer, in this process. Calls that run go on.
   *
   * @throws BootError `NOT_ADDED`, and every mistake that would be left without them
   */
  remove(...classes: readonly Class[]): void {
    this.#state.remove(classes);
  }

  /**
   * Takes an entry out of its list and refuses new calls of it, as if it were not there; calls and tasks that run go on.
   * In every process of the app, and in those that start later, until it is enabled.
   *
   * @throws PerduraError `UNKNOWN_ENTRY`, `STORE_UNAVAILABLE` where Redis is away
   */
  async disable(kind: EntryKind, name: string): Promise<void> {
    await this.#switch(this.#state.keyOf(kind, name), true);
  }

  /** Undoes {@link disable}, in every process. What is enabled stays so. Throws as that does. */
  async enable(kind: EntryKind, name: string): Promise<void> {
    await this.#switch(this.#state.keyOf(kind, name), false);
  }

  /** Whether an entry is there and not disabled. */
  isEnabled(kind: EntryKind, name: string): boolean {
    return !this.#state.disabled.has(this.#state.keyOf(kind, name));
  }

  /**
   * Tells the clients that subscribed to this URI that reading it would give something new; those of one `owner`
   * (`principal.owner`) where it gives each owner something else. From any process of the app, workers too; a hint, so
   * what is sent while Redis is away is lost.
   */
  resourceUpdated(uri: string, owner?: string): void {
    this.#state.tell({ kind: 'resource', uri, ...(owner !== undefined && { owner }) });
    this.#share?.updated(uri, owner);
  }

  async #switch(key: string, isDisabled: boolean): Promise<void> {
    if (this.#share) return this.#share.keep(key, isDisabled);
    const disabled = new Set(this.#state.disabled);
    if (isDisabled) disabled.add(key);
    else disabled.delete(key);
    this.#state.disable(disabled);
  }
}
