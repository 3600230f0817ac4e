import type { Catalog } from '../../catalog/catalog.js';
import type { Runtime } from '../../runtime/runtime.js';
import { mapConcurrently } from '../../runtime/concurrently.js';
import type { Inbox } from '../../runtime/journal/inbox.js';
import type { Revision } from '../../spec.js';
import { ForegroundSite } from './call-site.js';
import { CODE } from '../messages/json-rpc.js';
import { resourceOf, type ResourceTarget } from './resources.js';
import { type Caller, hasScopes } from './scopes.js';

/** The most resources that one subscription, or one session, follows. */
const MOST_RESOURCES = 100;

/** How many of them are read at a time when a client begins to follow them. */
const AT_A_TIME = 8;

/** On whose behalf resources are followed, and where they are. */
export interface Follower {
  readonly caller: () => Caller;
  readonly revision: Revision;
  readonly host: {
    readonly catalog: Catalog;
    readonly runtime: Pick<Runtime, 'readResource'>;
    readonly report: (error: unknown, reference: string) => void;
  };
  /** Tells the client that a resource is not what it was. */
  readonly updated: (uri: string) => void;
}

/** Nobody is there to be asked: a read that would ask parks at once, and counts as refused. */
const NOBODY: Inbox = { hold: 0, ask: () => new Promise(() => undefined), sleep: () => new Promise(() => undefined) };

/**
 * The resources that one client follows. Who may read a resource may follow it, and what decides about reading are the app's
 * interceptors and handlers: so it is read on the client's behalf when it begins to follow, and again each time before
 * it is told. Updates that come while it is read are one.
 */
export class FollowedResources {
  readonly #uris = new Map<string, 'quiet' | 'reading' | 'stale'>();

  constructor(private readonly follower: Follower) {}

  /** Follows what of these may be read, as far as there is room; answers that, in the same order. */
  async follow(uris: readonly string[]): Promise<readonly string[]> {
    const wanted = [...new Set(uris)];
    const room = Math.max(0, MOST_RESOURCES - this.#uris.size);
    const candidates = wanted.filter((uri) => this.#uris.has(uri)).concat(this.#new(wanted).slice(0, room));
    const readable = await mapConcurrently(candidates, AT_A_TIME, (uri) => this.#isReadable(uri));
    for (const uri of candidates.filter((_, index) => readable[index])) this.remember(uri);
    return wanted.filter((uri) => readable[candidates.indexOf(uri)] && this.#uris.has(uri));
  }

  /** Whether this one could be followed, or is. */
  hasRoomFor(uri: string): boolean {
    return this.#uris.has(uri) || this.#uris.size < MOST_RESOURCES;
  }

  /** Follows what this client was found to be allowed to follow, here or in another process. */
  remember(uri: string): void {
    if (!this.#uris.has(uri) && this.hasRoomFor(uri)) this.#uris.set(uri, 'quiet');
  }

  forget(uri: string): void {
    this.#uris.delete(uri);
  }

  /** Tells the client, if it follows this one and may still read it. What is new for one owner is nothing to others. */
  update(uri: string, owner?: string): void {
    if (owner !== undefined && owner !== this.follower.caller().principal.owner) return;
    const state = this.#uris.get(uri);
    if (state === 'reading') this.#uris.set(uri, 'stale');
    if (state === 'quiet') void this.#tell(uri);
  }

  async #tell(uri: string): Promise<void> {
    this.#uris.set(uri, 'reading');
    const isReadable = await this.#isReadable(uri);
    const state = this.#uris.get(uri);
    if (state === undefined) return;
    this.#uris.set(uri, 'quiet');
    if (isReadable) this.follower.updated(uri);
    if (state === 'stale') this.update(uri);
  }

  #new(uris: readonly string[]): readonly string[] {
    return uris.filter((uri) => !this.#uris.has(uri));
  }

  async #isReadable(uri: string): Promise<boolean> {
    const { caller, revision, host } = this.follower;
    const target = targetOf(host.catalog, uri);
    if (!target || !hasScopes(target.entry, caller())) return false;
    const exchange = { principal: caller().principal, send: () => undefined, onClose: () => undefined };
    const incoming = { id: 0, method: 'resources/read', params: {}, client: { capabilities: {} }, exchange };
    const site = new ForegroundSite(revision, incoming, { inbox: NOBODY });
    try {
      const outcome = await host.runtime.readResource(target.entry, uri, target.variables, site);
      return outcome.kind === 'result';
    } catch (error) {
      host.report(error, `subscription to ${uri}`);
      return false;
    } finally {
      site.end();
    }
  }
}

function targetOf(catalog: Catalog, uri: string): ResourceTarget | undefined {
  try {
    return resourceOf(catalog, { uri }, CODE.resourceNotFound);
  } catch {
    return undefined;
  }
}
