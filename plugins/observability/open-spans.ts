import type { Attributes, Span, TimeInput } from '@opentelemetry/api';
import { SpanStatusCode } from '@opentelemetry/api';

/** Why spans end although what they are of did not: it goes on in another activation, or never. */
export type CutOff = 'parked' | 'yielded' | 'cancelled' | 'unfinished';

/** The spans of one activation of a call that have not ended, by the keys of what they are of; the call's own has the key `''`. */
export class OpenSpans {
  readonly #spans = new Map<string, Span>();
  #lastChange = Date.now();

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
    this.#lastChange = Date.now();
    this.#spans.set(key, span);
  }

  /** Ends the span of that key, if it has not ended; where it is the call's own, all others with it. */
  end(key: string, attributes: Attributes = {}, errorType?: string): void {
    const span = this.#spans.get(key);
    if (span === undefined) return;
    this.#lastChange = Date.now();
    this.#spans.delete(key);
    span.setAttributes(attributes);
    // Without a message: what an error says may hold what must not leave the server.
    if (errorType !== undefined) {
      span.setAttribute('error.type', errorType).setStatus({ code: SpanStatusCode.ERROR });
    }
    span.end();
    if (key === '') this.cutOff('unfinished');
  }

  /** Ends all that is open, the innermost first, at the time `at`. */
  cutOff(why: CutOff, at?: TimeInput): void {
    for (const span of [...this.#spans.values()].reverse()) span.setAttribute('perdura.cut_off', why).end(at);
    this.#spans.clear();
    this.over(this);
  }

  /** Ends all that is open at the time when something was last heard of it. */
  forget(): void {
    this.cutOff('unfinished', this.#lastChange);
  }
}
