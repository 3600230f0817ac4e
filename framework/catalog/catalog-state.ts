import { BootError, PerduraError } from '../errors.js';
import type { Class } from '../metadata/class.js';
import type { Draft, DraftCatalog } from './build-catalog.js';
import type { Catalog } from './catalog.js';
import type { ClassEntries } from './class-entries.js';
import { nameOf } from './mistakes.js';

/** What can be switched off by name. Resource templates are resources, and share their names. */
export type EntryKind = 'tool' | 'resource' | 'prompt';

export type ListKind = 'tools' | 'resources' | 'prompts';

/** What is new of what a server offers: a list, or what stands behind a resource's URI, for all or for one owner. */
export type CatalogChange =
  { readonly kind: ListKind } | { readonly kind: 'resource'; readonly uri: string; readonly owner?: string };

/**
 * The catalog in force. Each change makes a new immutable catalog and puts it in the old one's place as a whole, so that a request
 * sees one or the other, and reading costs what it would without changes.
 */
export class CatalogState {
  #use: readonly Class[];
  #known: ReadonlyMap<Class, ClassEntries>;
  #whole: Catalog;
  #offered: Catalog;
  #disabled: ReadonlySet<string> = new Set();
  readonly #listeners = new Set<(change: CatalogChange) => void>();

  /** `draft` puts classes together and says what is wrong with them; `first` is what it made of `use`, without a mistake. */
  constructor(
    private readonly draft: DraftCatalog,
    use: readonly Class[],
    first: Draft,
  ) {
    this.#use = use;
    this.#known = first.known;
    this.#whole = this.#offered = first.catalog;
  }

  /** What clients are offered. */
  readonly offered: Catalog = view(() => this.#offered);
  /** All there is: what was begun goes on, and an agent's tools are its own, whatever clients are offered. */
  readonly whole: Catalog = view(() => this.#whole);

  /** @throws BootError with every mistake of what would stand then; nothing has changed in that case */
  add(classes: readonly Class[]): void {
    const use = [...this.#use, ...classes];
    const drafted = this.#checked(use);
    this.#use = use;
    this.#known = drafted.known;
    this.#replace(drafted.catalog, this.#disabled);
  }

  /** @throws BootError where one of them is not there, or an agent that stays needs it */
  remove(classes: readonly Class[]): void {
    const unknown = classes.filter((target) => !this.#use.includes(target));
    if (unknown.length > 0) throw new BootError(unknown.map((target) => PerduraError.of('NOT_ADDED', nameOf(target))));
    const use = this.#use.filter((target) => !classes.includes(target));
    const { catalog } = this.#checked(use);
    this.#use = use;
    this.#replace(catalog, this.#disabled);
  }

  /** @throws PerduraError `UNKNOWN_ENTRY` */
  keyOf(kind: EntryKind, name: string): string {
    if (!namesOf(this.#whole, kind).includes(name)) throw PerduraError.of('UNKNOWN_ENTRY', kind, name);
    return `${kind}:${name}`;
  }

  get disabled(): ReadonlySet<string> {
    return this.#disabled;
  }

  /** Keys of what is not there are kept for when it comes. */
  disable(keys: Iterable<string>): void {
    this.#replace(this.#whole, new Set(keys));
  }

  tell(change: CatalogChange): void {
    for (const listener of [...this.#listeners]) listener(change);
  }

  /** Returns what ends it. */
  onChange(listener: (change: CatalogChange) => void): () => void {
    this.#listeners.add(listener);
    return () => void this.#listeners.delete(listener);
  }

  #checked(use: readonly Class[]): Draft {
    const drafted = this.draft(use, this.#known);
    if (drafted.mistakes.length > 0) throw new BootError(drafted.mistakes);
    return drafted;
  }

  #replace(whole: Catalog, disabled: ReadonlySet<string>): void {
    const before = this.#offered;
    this.#whole = whole;
    this.#disabled = disabled;
    const after = (this.#offered = disabled.size === 0 ? whole : without(whole, disabled));
    if (!sameEntries(before.tools.values(), after.tools.values())) this.tell({ kind: 'tools' });
    if (!sameEntries(resourcesOf(before), resourcesOf(after))) this.tell({ kind: 'resources' });
    if (!sameEntries(before.prompts.values(), after.prompts.values())) this.tell({ kind: 'prompts' });
  }
}

const view = (current: () => Catalog): Catalog => ({
  get tools() {
    return current().tools;
  },
  get resources() {
    return current().resources;
  },
  get templates() {
    return current().templates;
  },
  get prompts() {
    return current().prompts;
  },
  get agents() {
    return current().agents;
  },
});

function without(catalog: Catalog, disabled: ReadonlySet<string>): Catalog {
  const isOn = ({ name }: { readonly name: string }, kind: EntryKind): boolean => !disabled.has(`${kind}:${name}`);
  return Object.freeze({
    tools: new Map([...catalog.tools].filter(([, entry]) => isOn(entry, 'tool'))),
    resources: new Map([...catalog.resources].filter(([, entry]) => isOn(entry, 'resource'))),
    templates: catalog.templates.filter((entry) => isOn(entry, 'resource')),
    prompts: new Map([...catalog.prompts].filter(([, entry]) => isOn(entry, 'prompt'))),
    agents: catalog.agents,
  });
}

const resourcesOf = ({ resources, templates }: Catalog) => [...resources.values(), ...templates];

function namesOf(catalog: Catalog, kind: EntryKind): readonly string[] {
  if (kind === 'tool') return [...catalog.tools.keys()];
  return kind === 'prompt' ? [...catalog.prompts.keys()] : resourcesOf(catalog).map(({ name }) => name);
}

function sameEntries(before: Iterable<object>, after: Iterable<object>): boolean {
  const [old, now] = [[...before], [...after]];
  return old.length === now.length && old.every((entry, index) => entry === now[index]);
}
