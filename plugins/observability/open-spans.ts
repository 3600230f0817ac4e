import type { Attributes, Span } from '@opentelemetry/api';
import { SpanStatusCode } from '@opentelemetry/api';

/** Why spans end although what they are of did not: it goes on in another run, or never. */
export type CutOff = 'parked' | 'yielded' | 'cancelled' | 'unfinished';

/** The spans of one run of a call that have not ended, by the keys of what they are of; the call's own has the key `''`. */
export class OpenSpans {
  readonly #spans = new Map<string, Span>();

  constructor(
    span: Span,
    private readonly over: (spans: OpenSpans) => void,
  ) {
    this.#spans.set('', span);
  }

  get isOver(): boolean {
    return this.#spans.size === 0;
  }

  get(key: string): Span | undefined {
    return this.#spans.get(key);
  }

  add(key: string, span: Span): void {
    this.#spans.set(key, span);
  }

  /** Ends the span of that key, if it has not ended; where it is the call's own, all others with it. */
  end(key: string, attributes: Attributes = {}, errorType?: string): void {
    const span = this.#spans.get(key);
    if (span === undefined) return;
    this.#spans.delete(key);
    span.setAttributes(attributes);
    if (errorType !== undefined) fail(span, errorType);
    span.end();
    if (key === '') this.cutOff('unfinished');
  }

  /** Ends all that is open, the innermost first. */
  cutOff(why: CutOff): void {
    for (const span of [...this.#spans.values()].reverse()) span.setAttribute('perdura.cut_off', why).end();
    this.#spans.clear();
    this.over(this);
  }
}

/** Without a message: what an error says may hold what must not leave the server. */
export function fail(span: Span, errorType: string): void {
  span.setAttribute('error.type', errorType).setStatus({ code: SpanStatusCode.ERROR });
}
