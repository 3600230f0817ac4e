/** What a sealed state is bound to: it opens for nobody and nothing else. */
export interface StateBinding {
  readonly owner: string;
  readonly method: string;
  /** The tool's or prompt's name, or the resource's URI. */
  readonly name: string;
  /** The request's arguments. */
  readonly args: unknown;
}

/**
 * Seals what a multi round-trip call must remember (2026-07-28 `basic/patterns/mrtr`): AES-256-GCM, bound to
 * the caller and the request, with an expiry. `open` answers undefined for anything that was not sealed here, for this binding,
 * in time.
 */
export interface RequestStateCodec {
  seal(state: unknown, binding: StateBinding): string;
  open(sealed: string, binding: StateBinding): unknown;
}
