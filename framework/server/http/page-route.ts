import { createHash, randomBytes, randomUUID } from 'node:crypto';
import type { PageReply } from '../../runtime/asking/page.js';
import type { App } from '../app.js';
import { type AppPages, PAGES_PATH } from '../pages/app-pages.js';
import { readBody, wasRead } from './body.js';
import type { InboundRequest, OutboundResponse } from '../http-port.js';
import { notice, PAGE_HEADERS, welcome } from './page-html.js';
import type { PageState } from '../pages/page-store.js';

/** The most bytes of a form. */
const MOST_FORM_BYTES = 64 * 1024;
const ID = /^[\w-]{43}$/;
const COOKIE = 'perdura-elicit';
const CALLBACK = 'callback';

type Headers = Readonly<Record<string, string>>;

/** What a browser is sent. */
interface Reply {
  readonly status: number;
  readonly html?: string;
  readonly headers?: Headers;
}

const says = (status: number, sentence: string, headers?: Headers): Reply => ({
  status,
  html: notice(sentence),
  ...(headers && { headers }),
});
const GONE = says(404, 'This link is not good any more. Go back to where you came from, and ask again.');
const NOT_YOURS = says(403, 'This link was made for somebody else, or was opened in another browser.');
const DONE = 'You are done here. Close this page, and go back to where you came from.';

/** Serves a request below `/elicit/`. Whoever called `ctx.elicitUrl` is told when its page comes to an end. */
export async function servePage(
  app: Pick<App, 'identity' | 'report'>,
  pages: AppPages,
  request: InboundRequest,
  response: OutboundResponse,
): Promise<void> {
  try {
    write(response, await new Visit(app.identity.title ?? app.identity.name, pages, request).reply());
  } catch (error) {
    const reference = randomUUID();
    app.report(error, reference);
    write(response, says(500, `Something went wrong (reference ${reference}).`));
  }
}

/** Throws, before anything is written, where a header that came from the app cannot be one. */
function write(response: OutboundResponse, { status, headers, html = '' }: Reply): void {
  // Somebody in front may have answered meanwhile, as a time limit does.
  if (response.headersSent) return;
  response.writeHead(status, { ...PAGE_HEADERS, ...headers });
  response.end(html);
}

class Visit {
  readonly #url: URL;

  constructor(
    private readonly server: string,
    private readonly pages: AppPages,
    private readonly request: InboundRequest,
  ) {
    // Of a target that is a whole URL, only its path and query count.
    this.#url = new URL(request.originalUrl ?? request.url ?? '/', 'http://localhost');
  }

  async reply(): Promise<Reply> {
    const { method } = this.request;
    if (method !== 'GET' && method !== 'POST') return says(405, 'This is a page.', { allow: 'GET, POST' });
    const last = this.#url.pathname.slice(PAGES_PATH.length);
    const isCallback = last === CALLBACK;
    const form = method === 'POST' && !isCallback ? await this.#form() : undefined;
    if (method === 'POST' && !form) return says(400, 'This is not a form of this page.');
    const id = isCallback ? (this.#url.searchParams.get('state') ?? '') : last;
    const state = ID.test(id) ? await this.pages.find(id) : undefined;
    if (!state || state.done !== undefined) return GONE;
    const turnedAway = await this.#turnAway(id, state);
    if (turnedAway) return turnedAway;
    const browser = cookieOf(this.request);
    if (state.browser === undefined && !isCallback) return this.#welcome(id, state, form, browser);
    if (browser === undefined || state.browser !== digest(browser)) return NOT_YOURS;
    return this.#visit(id, state, form ?? this.#url.searchParams);
  }

  /** By the app's own login, where it has one. */
  async #turnAway(id: string, { record }: PageState): Promise<Reply | undefined> {
    if (!this.pages.login) return undefined;
    const who = await this.pages.login(this.request, this.pages.urlOf(id));
    if (typeof who === 'string') return { status: 302, headers: { location: who } };
    return who.owner === record.principal.owner ? undefined : NOT_YOURS;
  }

  /** Binds the page to the browser whose user says to go on; by nothing less, for programs look at addresses too. */
  async #welcome(
    id: string,
    { record }: PageState,
    form: URLSearchParams | undefined,
    browser = randomBytes(32).toString('base64url'),
  ): Promise<Reply> {
    if (!form?.has('perdura-open')) return { status: 200, html: welcome(this.server, record.message, record.client) };
    if (!(await this.pages.claim(id, digest(browser)))) return NOT_YOURS;
    const location = this.pages.urlOf(id);
    const secure = location.startsWith('https:') ? '; Secure' : '';
    const cookie = `${COOKIE}=${browser}; Path=${PAGES_PATH}; HttpOnly; SameSite=Lax${secure}`;
    return { status: 303, headers: { location, 'set-cookie': cookie } };
  }

  async #visit(id: string, state: PageState, params: URLSearchParams): Promise<Reply> {
    const page = this.pages.pageOf(state);
    if (!page) return GONE;
    const { principal, verifier } = state.record;
    const reply: PageReply<unknown> = await page.visit({
      method: this.request.method as 'GET' | 'POST',
      params,
      principal,
      action: PAGES_PATH + id,
      callbackUrl: this.pages.urlOf(CALLBACK),
      state: id,
      verifier,
    });
    if ('redirect' in reply) return { status: 303, headers: { location: webUrl(reply.redirect) } };
    if (!('done' in reply)) return { status: 200, html: reply.html };
    if (!(await this.pages.finish(id, reply.done))) return GONE;
    return reply.html === undefined ? says(200, DONE) : { status: 200, html: reply.html };
  }

  /** The fields of a form that one of our own pages sent; undefined for anything else. */
  async #form(): Promise<URLSearchParams | undefined> {
    const { headers } = this.request;
    const { origin = '', host } = headers;
    // Another site's form would be sent with this browser's cookies, were they not `SameSite`; it is not even read.
    const isOwn =
      URL.canParse(origin) && (new URL(origin).host === host || this.pages.urlOf('').startsWith(`${origin}/`));
    if (!isOwn || !/^application\/x-www-form-urlencoded\b/i.test(headers['content-type'] ?? '')) return undefined;
    // A body parser in front has read it, and left what it came to.
    const given = this.request.body ?? {};
    const isParsed = typeof given === 'object' && !(given instanceof Uint8Array);
    if (wasRead(this.request) && isParsed) return new URLSearchParams(given as Record<string, string>);
    const body = await new Promise<Buffer | undefined>((resolve) => readBody(this.request, MOST_FORM_BYTES, resolve));
    return body && new URLSearchParams(body.toString('utf8'));
  }
}

function webUrl(url: string): string {
  const { protocol, href } = new URL(url);
  if (protocol !== 'https:' && protocol !== 'http:') throw new TypeError(`A page redirects to a ${protocol} URL.`);
  return href;
}

function cookieOf({ headers }: InboundRequest): string | undefined {
  const [, value] = new RegExp(`(?:^|;\\s*)${COOKIE}=([\\w-]{43})(?:;|$)`).exec(headers.cookie ?? '') ?? [];
  return value;
}

const digest = (text: string): string => createHash('sha256').update(text).digest('base64url');
