import type { Awaitable, Class } from '../../metadata/class.js';
import type { Json } from '../../spec.js';
import type { Principal } from '../principal.js';

/**
 * A page of the app's own that `ctx.elicitUrl` sends a user to (URL mode elicitation, SEP-1036): for what must not pass through the
 * client, such as a secret or the consent of another service. It is made once per app, with its dependencies; list it in
 * `createApp({ pages: { classes } })`.
 */
export interface Page<T> {
  /** Answers each request of the browser: the first one, the forms that the page sends, and the way back from another service. */
  visit(visit: PageVisit): Awaitable<PageReply<T>>;
}

/** One request of the browser that a page was opened in. */
export interface PageVisit {
  /** `POST` where a form of the page was sent. */
  readonly method: 'GET' | 'POST';
  /** The fields of the form that was sent, else the parameters of the address. */
  readonly params: URLSearchParams;
  /** Whose call sent the user here. */
  readonly principal: Principal;
  /** Where forms of the page are sent: the value of their `action`. */
  readonly action: string;
  /** Where another service may send the browser back to, the same for all (OAuth's `redirect_uri`); it must bring `state` along. */
  readonly callbackUrl: string;
  /** Leads back from another service to this visit: OAuth's `state`. Good for the browser that the page was opened in alone. */
  readonly state: string;
  /** 43 random characters that nobody else knows, the same on each visit: PKCE's `code_verifier`. */
  readonly verifier: string;
}

/**
 * What the browser is shown: a document, another service, or the end. `done` is what `ctx.elicitUrl` resolves with; it is recorded
 * with the call, so keep a secret where secrets are kept and give back what it is found by.
 */
export type PageReply<T> =
  | { readonly html: string }
  /** An `https:` URL, or an `http:` one. */
  | { readonly redirect: string }
  | { readonly done: T; readonly html?: string };

/** A class with a page. */
export type PageClass<T> = Class<Page<T>>;

/** A user's way through a page, as it begins. */
export interface PageOpening {
  readonly id: string;
  /** The name of the page's class. */
  readonly page: string;
  readonly principal: Principal;
  /** What the user is told. */
  readonly message: string;
  /** The name of the client that they were asked through. */
  readonly client?: string;
  /** Milliseconds for which the page can be opened. */
  readonly life: number;
}

/** What has become of it. */
export type PageOutcome =
  { readonly kind: 'open' } | { readonly kind: 'done'; readonly value: Json } | { readonly kind: 'gone' };

/** The pages of an app: the port behind `ctx.elicitUrl`. */
export interface Pages {
  /**
   * Makes a page that can be opened once, and gives its URL.
   * @throws PerduraError `UNKNOWN_PAGE`, `PAGES_WITHOUT_URL`, `PAGES_WITHOUT_LOGIN`
   */
  open(opening: PageOpening): Promise<string>;
  outcome(id: string): Promise<PageOutcome>;
  /** Resolves when it was brought to its end in this process, or some time after: look then. */
  ended(id: string): Promise<void>;
  /** Closes a page that nobody is to open any more. */
  withdraw(id: string): Promise<void>;
}
