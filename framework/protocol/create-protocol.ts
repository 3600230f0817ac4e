import type { RequestId } from '../spec.js';
import { statusOf } from './messages/answer.js';
import { Cancellations } from './messages/cancellations.js';
import { open2026 } from './2026-07-28/envelope.js';
import type { Answer } from './messages/exchange.js';
import { extensions2026 } from './2026-07-28/extensions.js';
import { namesInHeaders } from './2026-07-28/headers.js';
import { initializer } from './2025-11-25/initialize.js';
import { META } from './messages/meta.js';
import { methods2026 } from './2026-07-28/methods.js';
import type { Protocol, ProtocolHost } from './protocol.js';
import { failureAnswer, methodNotFound } from './messages/refusal.js';
import { Results } from './2026-07-28/results.js';
import { Subscriptions } from './2026-07-28/subscriptions.js';

/** Builds everything that requests are served with: method tables, and lists serialised for each revision. */
export function createProtocol(host: ProtocolHost): Protocol {
  const results = new Results(host.identity);
  const cancellations = new Cancellations();
  const subscriptions = new Subscriptions(host, cancellations, { [META.serverInfo]: host.identity });
  const extensions = extensions2026(host, { results, cancellations });
  const methods = methods2026(host, { results, cancellations, subscriptions, extensions });
  const namedBy = namesInHeaders(extensions);
  const sessions = initializer(host);
  const failure = (id: RequestId, error: unknown): Answer => failureAnswer(id, error, host.report, statusOf);

  return {
    serve(request, exchange) {
      try {
        const incoming = open2026(request, exchange, namedBy);
        const method = methods.get(request.method);
        if (!method) throw methodNotFound(request.method);
        const answer = host.admission.serve(request.method, exchange, () => method(incoming));
        return answer instanceof Promise ? answer.catch((error: unknown) => failure(request.id, error)) : answer;
      } catch (error) {
        return failure(request.id, error);
      }
    },
    ...sessions,
    receive: (notification, channel) => cancellations.receive(notification, channel),
    close: () => subscriptions.close(),
  };
}
