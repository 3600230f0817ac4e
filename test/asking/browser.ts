/** What a browser does with a page: keeps cookies, follows redirects within the site, and sends forms. */
export class Browser {
  readonly #cookies = new Map<string, string>();

  /** Follows redirects within the site; one to elsewhere is the answer. */
  async open(url: string, form?: Record<string, string>, headers: Record<string, string> = {}): Promise<Shown> {
    const cookie = [...this.#cookies].map(([name, value]) => `${name}=${value}`).join('; ');
    const response = await fetch(url, {
      redirect: 'manual',
      ...(form && { method: 'POST', body: new URLSearchParams(form) }),
      headers: { ...(cookie && { cookie }), ...(form && { origin: new URL(url).origin }), ...headers },
    });
    for (const set of response.headers.getSetCookie()) {
      const [, name, value] = /^([^=]+)=([^;]*)/.exec(set) ?? [];
      if (name !== undefined && value !== undefined) this.#cookies.set(name, value);
    }
    const location = response.headers.get('location') ?? undefined;
    const html = await response.text();
    const next = location === undefined ? undefined : new URL(location, url);
    if (next?.origin === new URL(url).origin) return this.open(next.href);
    return { status: response.status, html, headers: response.headers, ...(next && { location: next.href }) };
  }

  /** Opens a page of `ctx.elicitUrl` and says to go on. */
  async enter(url: string): Promise<Shown> {
    await this.open(url);
    return this.open(url, { 'perdura-open': '1' });
  }
}

export interface Shown {
  readonly status: number;
  readonly html: string;
  readonly headers: Headers;
  readonly location?: string;
}
