/** `perdura/plugins/dashboard`: a page that shows the tasks of an app, for whoever operates it. */
import type { App, Awaitable, Plugin, RouteVisit } from 'perdura';
import { Activity } from './activity.js';
import { answer, says, seeOther } from './answers.js';
import { catalogPage } from './catalog-page.js';
import { html } from './html.js';
import { layout, type Place } from './layout.js';
import { SCRIPT } from './script.js';
import { ICON, STYLE } from './style.js';
import { filters, queryOf, taskTable, tiles, wantedOf } from './task-list.js';
import { taskPage } from './task-page.js';

/** Who may look, and at what. */
export interface DashboardOptions {
  /**
   * Who may look: `'loopback'` for whoever sits at this machine (`isLocal` of `RouteVisit`), or a function that is asked about every
   * request, and so about a `POST` before a task is cancelled. A `Response` in place of no is what the browser is sent, such as the way
   * to a login. What it throws counts as no.
   */
  readonly allow: 'loopback' | ((request: Request) => Awaitable<boolean | Response>);
  /** Where it is. Default `'/dashboard'`. */
  readonly path?: string;
  /** Whether arguments, questions, answers and results are shown too. They hold what users said and what they may see. Default false. */
  readonly contents?: boolean;
}

const ASSETS: Readonly<Record<string, readonly [type: string, text: string]>> = {
  '/style.css': ['text/css', STYLE],
  '/script.js': ['text/javascript', SCRIPT],
  '/icon.svg': ['image/svg+xml', ICON],
};

/**
 * Serves a page with the tasks of all owners, by status, task and owner: what each waits for, what it did and when, as far as
 * it is recorded, and a way to cancel it. It loads nothing from elsewhere, and nobody sees it whom `allow` does not let in.
 */
export function dashboard({ allow, path: base = '/dashboard', contents = false }: DashboardOptions): Plugin {
  return {
    name: 'dashboard',
    setup(host) {
      if (allow !== 'loopback' && typeof allow !== 'function') {
        host.mistake(
          "Nothing says who may look. Set dashboard({ allow }) to 'loopback', or to a function that knows your operators.",
        );
      }
      const activity = new Activity();
      host.onTransition(activity.hear);
      host.route(base, async (request, visit) => {
        const refused = await refusal(allow, request, visit);
        if (refused) return refused;
        try {
          return await new Dashboard(visit.app, base, contents, activity).answer(request);
        } catch (error) {
          if ((error as { readonly code?: unknown }).code !== 'STORE_UNAVAILABLE') throw error;
          return says(503, 'The tasks cannot be read now: their store is out of reach.');
        }
      });
    },
  };
}

async function refusal(
  allow: DashboardOptions['allow'],
  request: Request,
  { app, isLocal }: RouteVisit,
): Promise<Response | undefined> {
  try {
    const allowed = allow === 'loopback' ? isLocal : await allow(request);
    if (allowed instanceof Response) return allowed;
    // Whatever else a function returns that no compiler has seen.
    if (allowed === true) return undefined;
  } catch (error) {
    app.report(error, 'dashboard({ allow })');
  }
  return says(403, 'You may not look at this.');
}

class Dashboard {
  constructor(
    private readonly app: App,
    private readonly base: string,
    private readonly contents: boolean,
    private readonly activity: Activity,
  ) {}

  async answer(request: Request): Promise<Response> {
    const url = new URL(request.url);
    const path = url.pathname.slice(this.base.length);
    const [, cancelled] = /^\/tasks\/([\w-]+)\/cancel$/.exec(path) ?? [];
    if (cancelled !== undefined) return this.#cancel(cancelled, request);
    if (request.method !== 'GET' && request.method !== 'HEAD') return says(405, 'This is a page.');
    const [, task] = /^\/tasks\/([\w-]+)$/.exec(path) ?? [];
    if (task !== undefined) return this.#task(task);
    if (path === '' || path === '/') return this.#list(url.searchParams);
    if (path === '/catalog') {
      return this.#page({ page: 'catalog', title: 'Catalog' }, { main: catalogPage(this.app), isFinal: true });
    }
    const asset = ASSETS[path];
    return asset ? answer(...asset) : says(404, 'There is no such page.');
  }

  async #list(params: URLSearchParams): Promise<Response> {
    const wanted = wantedOf(params);
    const survey = await this.app.tasks.survey(queryOf(wanted));
    const tools = [...this.app.catalog.tools.values()].flatMap(({ name, task }) => (task ? [name] : []));
    const head = html`<div class="head">
      <h1>Tasks</h1>
      ${filters(this.base, tools, wanted)}
    </div>`;
    const main = html`${tiles(this.base, survey, wanted)} ${this.activity.show()}
    ${taskTable(this.base, survey, wanted, this.contents)}`;
    return this.#page({ page: 'tasks', title: 'Tasks' }, { head, main });
  }

  async #task(taskId: string): Promise<Response> {
    const { tasks } = this.app;
    const { tasks: found, now } = await tasks.survey({ taskId });
    const [summary] = found;
    const [record, trace] = summary
      ? await Promise.all([tasks.get(summary.owner, taskId), tasks.trace(summary.owner, taskId)])
      : [];
    if (!summary || !record || !trace) {
      const main = html`<p class="empty">There is no such task. It may have been kept for as long as it was to be.</p>`;
      return this.#page({ title: 'No task' }, { main, isFinal: true, status: 404 });
    }
    const main = taskPage(this.base, { summary, record, trace, now }, this.contents);
    return this.#page({ title: summary.tool }, { main, isFinal: summary.run === 'done' });
  }

  async #cancel(taskId: string, request: Request): Promise<Response> {
    if (request.method !== 'POST') return says(405, 'This is a form.');
    // The server has refused those of other origins; a browser that sends none has no form of ours before it.
    if (!request.headers.has('origin')) return says(403, 'This is not a form of this page.');
    const { tasks } = await this.app.tasks.survey({ taskId });
    // A task that has ended meanwhile is shown as it ended.
    for (const { owner } of tasks) await this.app.tasks.cancel(owner, taskId);
    return seeOther(`${this.base}/tasks/${taskId}`);
  }

  #page(place: Pick<Place, 'page' | 'title'>, { head = html``, main, isFinal = false, status = 200 }: Shown): Response {
    const { title, name, version } = this.app.identity;
    const whole = { ...place, base: this.base, server: title ?? name, version };
    return answer('text/html', layout(whole, head, main, isFinal), status);
  }
}

interface Shown {
  readonly head?: ReturnType<typeof html>;
  readonly main: ReturnType<typeof html>;
  readonly isFinal?: boolean;
  readonly status?: number;
}
