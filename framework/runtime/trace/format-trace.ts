import type { Trace, TraceSpan } from './trace.js';

/** A trace as lines of text, one for each span, drawn as a tree: for a terminal or a log. Ends with a line break. */
export function formatTrace(trace: Trace): string {
  const activations = trace.activations === 1 ? [] : [`${trace.activations} activations`];
  const head = [`task ${trace.name}`, trace.status, ...factsOf(trace), ...activations];
  return `${[head.join(' · '), ...lines(trace.spans, '')].join('\n')}\n`;
}

function lines(spans: readonly TraceSpan[], indent: string): string[] {
  return spans.flatMap((span, index) => {
    const isLast = index === spans.length - 1;
    const marks = [...(span.failed ? ['failed'] : []), ...(span.replayed ? ['replayed'] : [])];
    const model = span.model === undefined ? [] : [span.model];
    const line = [`${span.kind} ${span.name}`, ...model, ...factsOf(span), ...marks].join(' · ');
    return [`${indent}${isLast ? '└─' : '├─'} ${line}`, ...lines(span.spans, `${indent}${isLast ? '   ' : '│  '}`)];
  });
}

function factsOf({ kind, turns, usage, duration }: Pick<TraceSpan, 'kind' | 'turns' | 'usage' | 'duration'>): string[] {
  return [
    ...(kind === 'turn' || turns === 0 ? [] : [`${turns} turn${turns === 1 ? '' : 's'}`]),
    ...tokensOf(usage),
    duration === undefined ? 'going on' : timeOf(duration),
  ];
}

function tokensOf({ inputTokens, outputTokens, cost, estimated }: TraceSpan['usage'] = {}): string[] {
  const known = inputTokens !== undefined || outputTokens !== undefined;
  return [
    ...(known ? [`${estimated ? '≈ ' : ''}${inputTokens ?? '?'} → ${outputTokens ?? '?'} tokens`] : []),
    ...(cost === undefined ? [] : [`cost ${Number(cost.toPrecision(4))}`]),
  ];
}

function timeOf(ms: number): string {
  if (ms < 1_000) return `${ms} ms`;
  return ms < 60_000 ? `${(ms / 1_000).toFixed(1)} s` : `${(ms / 60_000).toFixed(1)} min`;
}
