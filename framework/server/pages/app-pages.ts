import { randomBytes } from 'node:crypto';
import { PerduraError } from '../../errors.js';
import type { Awaitable, Class } from '../../metadata/class.js';
import { journalValue } from '../../runtime/journal/journal-value.js';
import type { Page, PageOpening, PageOutcome, Pages } from '../../runtime/asking/page.js';
import { ANONYMOUS, type Principal } from '../../runtime/principal.js';
import type { Json } from '../../spec.js';
import type { HttpRequest } from '../http-port.js';
import type { PageState, PageStore } from './page-store.js';

/** The pages that `ctx.elicitUrl` sends users to, the same in every process of the app. */
export interface PageOptions {
  /** The classes of the pages, each with a name of its own; they are made once, with their dependencies. */
  readonly classes: readonly Class<Page<unknown>>[];
  /**
   * The URL by which browsers reach the server, such as `https://mcp.example.com`; pages are below its `/elicit/`. `http:` is for
   * loopback addresses alone. Default: where `serveHttp` of this process listens on a loopback address.
   */
  readonly publicUrl?: string | undefined;
  /**
   * Tells who sits at a browser, as by the session of your own login; or gives the URL to log in at, from where it comes back to
   * `back`. The page opens only for the caller that it was made for (the same `owner`). Needed where callers are authenticated;
   * without it a page belongs to the browser that opens it first.
   */
  readonly login?: (request: HttpRequest, back: string) => Awaitable<Principal | string>;
}

/** The path that all pages are below. */
export const PAGES_PATH = '/elicit/';

/** How long a wait is kept before whoever waits must wait anew, in milliseconds. */
const FORGET = 30_000;

/** The pages of one app, as calls open them and browsers visit them. */
export class AppPages implements Pages {
  readonly login: PageOptions['login'];
  readonly #classes: ReadonlyMap<string, Class<Page<unknown>>>;
  readonly #waiting = new Map<string, { readonly promise: Promise<void>; readonly resolve: () => void }>();
  #url: string | undefined;

  constructor(
    options: PageOptions,
    private readonly store: PageStore,
    private readonly make: (page: Class<Page<unknown>>) => Page<unknown>,
  ) {
    this.login = options.login;
    this.#classes = new Map(options.classes.map((page) => [page.name, page]));
    this.#url = options.publicUrl && new URL(options.publicUrl).origin;
  }

  /** Says where this process listens, for an app that was not told by which URL it is reached. */
  listening(url: string): void {
    this.#url ??= new URL(url).origin;
  }

  async open({ id, life, ...opening }: PageOpening): Promise<string> {
    const { page, principal } = opening;
    if (!this.#classes.has(page)) throw PerduraError.of('UNKNOWN_PAGE', page);
    if (principal.owner !== ANONYMOUS.owner && !this.login) throw PerduraError.of('PAGES_WITHOUT_LOGIN');
    const url = this.urlOf(id);
    await this.store.open(id, { ...opening, verifier: randomBytes(32).toString('base64url') }, life);
    return url;
  }

  async outcome(id: string): Promise<PageOutcome> {
    const state = await this.store.find(id);
    if (!state) return { kind: 'gone' };
    return state.done === undefined ? { kind: 'open' } : { kind: 'done', value: JSON.parse(state.done) as Json };
  }

  ended(id: string): Promise<void> {
    const known = this.#waiting.get(id);
    if (known) return known.promise;
    let resolve = (): void => undefined;
    const promise = new Promise<void>((done) => (resolve = done));
    this.#waiting.set(id, { promise, resolve });
    // Whoever waited may wait in another process by now.
    setTimeout(() => this.#wake(id), FORGET).unref();
    return promise;
  }

  async withdraw(id: string): Promise<void> {
    await this.store.remove(id);
    this.#wake(id);
  }

  /** @throws PerduraError `PAGES_WITHOUT_URL` */
  urlOf(path: string): string {
    if (this.#url === undefined) throw PerduraError.of('PAGES_WITHOUT_URL');
    return `${this.#url}${PAGES_PATH}${path}`;
  }

  find(id: string): Awaitable<PageState | undefined> {
    return this.store.find(id);
  }

  claim(id: string, browser: string): Awaitable<boolean> {
    return this.store.claim(id, browser);
  }

  /** The page of a class that this process knows too. */
  pageOf({ record }: PageState): Page<unknown> | undefined {
    const page = this.#classes.get(record.page);
    return page && this.make(page);
  }

  /** False where it was done before, or too late. */
  async finish(id: string, value: unknown): Promise<boolean> {
    const isFirst = await this.store.finish(id, journalValue(value, 'page') ?? null);
    this.#wake(id);
    return isFirst;
  }

  #wake(id: string): void {
    this.#waiting.get(id)?.resolve();
    this.#waiting.delete(id);
  }
}
