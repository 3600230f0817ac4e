import type { Trace, TraceSpan } from 'perdura';
import { html, type Html } from './html.js';
import { countOf, lengthOf, several } from './words.js';

/** The most rows: a page of more is no help to anybody. */
const MOST_ROWS = 1_000;
/** From so many on, what lies deep is closed at first. */
const MANY = 150;
const DEEPEST_OPEN = 2;
/** Paddings that the style sheet knows. */
const DEEPEST_SHOWN = 12;
const WIDTH = 1_000;
/** The least of a bar that can be seen. */
const LEAST = 4;

interface Scale {
  readonly start: number;
  readonly length: number;
  readonly isLong: boolean;
  left: number;
}

/** What a task has done, as bars over its time. */
export function waterfall(trace: Trace, now: number): Html {
  const rows = sizeOf(trace.spans);
  if (rows === 0)
    return html`<p class="empty">Nothing ${trace.duration === undefined ? 'is recorded yet' : 'was recorded'}.</p>`;
  const end = trace.start + (trace.duration ?? now - trace.start);
  const scale: Scale = {
    start: trace.start,
    length: Math.max(1, end - trace.start),
    isLong: rows > MANY,
    left: MOST_ROWS,
  };
  const ticks = [0, 0.25, 0.5, 0.75, 1].map((part) => html`<span>${lengthOf(part * scale.length)}</span>`);
  return html`<div class="waterfall">
    <div class="axis" aria-hidden="true"><div>${ticks}</div></div>
    ${list(trace.spans, scale, 0)}
    ${hasReplayed(trace.spans) && html`<p class="empty">↺ The latest run had it from the journal: nothing of it was done twice.</p>`}
    ${rows > MOST_ROWS && html`<p class="empty">and ${several(rows - MOST_ROWS, 'more line')}</p>`}
  </div>`;
}

const sizeOf = (spans: readonly TraceSpan[]): number => spans.reduce((sum, span) => sum + 1 + sizeOf(span.spans), 0);

const hasReplayed = (spans: readonly TraceSpan[]): boolean =>
  spans.some(({ replayed, spans }) => replayed || hasReplayed(spans));

function list(spans: readonly TraceSpan[], scale: Scale, depth: number): Html {
  const items = spans.flatMap((span) => {
    if (scale.left === 0) return [];
    scale.left -= 1;
    const line = row(span, scale, depth);
    if (span.spans.length === 0) return [html`<li><div class="row">${line}</div></li>`];
    const isOpen = !scale.isLong || depth < DEEPEST_OPEN;
    return [
      html`<li>
        <details id="s-${depth}-${span.start}-${span.key}" ${isOpen && html`open`}>
          <summary class="row">${line}</summary>
          ${list(span.spans, scale, depth + 1)}
        </details>
      </li>`,
    ];
  });
  return html`<ul>
    ${items}
  </ul>`;
}

function row(span: TraceSpan, { start, length }: Scale, depth: number): Html {
  const { kind, name, model, failed, replayed, duration } = span;
  const at = (time: number): number => Math.min(WIDTH, Math.max(0, ((time - start) / length) * WIDTH));
  const from = Math.min(at(span.start), WIDTH - LEAST);
  const width = Math.max(LEAST, (duration === undefined ? WIDTH : at(span.start + duration)) - from);
  const marks = `${kind}${failed ? ' bad' : ''}${replayed ? ' replayed' : ''}${duration === undefined ? ' open' : ''}`;
  return html`<span class="label d${Math.min(depth, DEEPEST_SHOWN)}">
      <span class="kind ${kind}">${kind}</span> <span class="name">${name}</span>
      ${failed && html`<span class="mark bad">failed</span>`}
      ${replayed && html`<span class="again" role="img" aria-label="replayed" title="replayed">↺</span>`}
      <span class="facts">${[model, ...usageOf(span)].filter((fact) => fact !== undefined).join(' · ')}</span>
    </span>
    <svg class="bar ${marks}" viewBox="0 0 ${WIDTH} 10" preserveAspectRatio="none" aria-hidden="true">
      <rect x="${from.toFixed(1)}" width="${width.toFixed(1)}" y="0" height="10" />
    </svg>
    <span class="length">${duration === undefined ? 'goes on' : lengthOf(duration)}</span>`;
}

/** Turns, tokens and cost, as far as they are known. */
export function usageOf({ kind, turns, usage }: Pick<TraceSpan, 'kind' | 'turns' | 'usage'>): string[] {
  const { inputTokens, outputTokens, cost, estimated } = usage ?? {};
  const tokens = (count: number | undefined): string => (count === undefined ? '?' : countOf(count));
  return [
    ...(kind === 'turn' || turns === 0 ? [] : [several(turns, 'turn')]),
    ...(inputTokens === undefined && outputTokens === undefined
      ? []
      : [`${estimated ? '≈ ' : ''}${tokens(inputTokens)} → ${tokens(outputTokens)} tokens`]),
    ...(cost === undefined ? [] : [`cost ${Number(cost.toPrecision(3))}`]),
  ];
}
