import { NOTHING, resultAnswer } from '../messages/answer.js';
import { declaredBy, type ExtensionRow } from '../extensions/extension-row.js';
import { type Incoming2025, REVISION_2025 } from './incoming.js';
import type { ProtocolHost } from '../protocol.js';
import { methodNotFound } from '../messages/refusal.js';
import { extensionRows } from '../extensions/served-extension.js';

/** The extensions of 2025-11-25: its tasks are of the specification itself, so there are the plugins' alone. */
export function extensions2025({
  extensions,
}: Pick<ProtocolHost, 'extensions'>): readonly ExtensionRow<Incoming2025>[] {
  return extensionRows<Incoming2025>(extensions, {
    revision: REVISION_2025,
    answer: ({ id }, result) => resultAnswer(id, JSON.stringify(result)),
    // A lost connection cancels nothing on this revision.
    onCancel: ({ id, session }, cancel) => session.track(id, cancel),
    cancelled: NOTHING,
    // The revision has no error for it: to who did not declare the extension, its methods are none.
    forDeclaring: (id, method) => (incoming) => {
      if (!declaredBy(incoming.client, id)) throw methodNotFound(incoming.method);
      return method(incoming);
    },
  });
}
