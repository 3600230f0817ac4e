import { NOTHING } from '../messages/answer.js';
import type { Cancellations } from '../messages/cancellations.js';
import { offerOf } from '../features/capabilities.js';
import { REVISION_2026 } from './envelope.js';
import { type ExtensionRow, forDeclaring } from '../extensions/extension-row.js';
import type { ProtocolHost } from '../protocol.js';
import type { Results } from './results.js';
import { extensionRows } from '../extensions/served-extension.js';
import { tasksExtension } from './tasks.js';

/** Every extension of 2026-07-28, ours and the plugins' alike. */
export function extensions2026(
  host: ProtocolHost,
  { results, cancellations }: { readonly results: Results; readonly cancellations: Cancellations },
): readonly ExtensionRow[] {
  const added = extensionRows(host.extensions, {
    revision: REVISION_2026,
    answer: ({ id }, { resultType = 'complete', ...result }) =>
      resultType === 'complete' ? results.answer(id, result) : results.typed(id, String(resultType), result),
    onCancel(incoming, cancel) {
      // The transport says when the client has gone, or cancelled: on this revision both end the request.
      incoming.exchange.onClose(cancel);
      return cancellations.track(incoming, cancel);
    },
    cancelled: NOTHING,
    forDeclaring,
  });
  return offerOf(host.whole).tasks ? [tasksExtension(host, results), ...added] : added;
}
