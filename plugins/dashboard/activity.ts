import type { TaskEvent } from 'perdura';
import { html, type Html } from './html.js';
import { countOf, lengthOf } from './words.js';

const SLOTS = 60;
const SLOT = 5_000;

/** What this process has done to tasks in the last minutes. */
export class Activity {
  readonly #slots = Array.from({ length: SLOTS }, () => ({ slot: -1, made: 0, ended: 0 }));

  readonly hear = ({ kind, time }: TaskEvent): void => {
    if (kind !== 'created' && kind !== 'finished' && kind !== 'cancelled') return;
    const slot = Math.floor(time / SLOT);
    const place = this.#slots[slot % SLOTS] as { slot: number; made: number; ended: number };
    if (place.slot !== slot) Object.assign(place, { slot, made: 0, ended: 0 });
    if (kind === 'created') place.made += 1;
    else place.ended += 1;
  };

  show(now = Date.now()): Html {
    const latest = Math.floor(now / SLOT);
    const shown = Array.from({ length: SLOTS }, (_, at) => {
      const slot = latest - SLOTS + 1 + at;
      const held = this.#slots[slot % SLOTS];
      return held?.slot === slot ? held : { made: 0, ended: 0 };
    });
    const sum = (what: 'made' | 'ended'): number => shown.reduce((all, slot) => all + slot[what], 0);
    const most = Math.max(1, ...shown.map(({ made, ended }) => Math.max(made, ended)));
    const bars = (what: 'made' | 'ended', shift: number): Html[] =>
      shown.flatMap((slot, at) => {
        const height = (slot[what] / most) * 22;
        return slot[what] === 0
          ? []
          : [html`<rect class="${what}" x="${at * 4 + shift}" y="${24 - height}" width="1.6" height="${height}" />`];
      });
    const told = `${countOf(sum('made'))} made, ${countOf(sum('ended'))} ended`;
    return html`<p class="activity">
      <svg viewBox="0 0 240 24" role="img" aria-label="${told} in the last ${lengthOf(SLOTS * SLOT)}">
        <path d="M0 23.5H240" />
        ${bars('made', 0.4)}${bars('ended', 2.1)}
      </svg>
      <span>This process, last ${lengthOf(SLOTS * SLOT)}: ${told}</span>
    </p>`;
  }
}
