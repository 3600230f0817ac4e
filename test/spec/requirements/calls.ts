import { advice, both, in2025, in2026, must, mustNot, section, should, shouldNot } from './requirement.js';
import { RETIRED } from './asking.js';

const YOURS = 'docs/your-part.md';

export const LOGGING = [
  ...section(in2026('server/utilities/logging'), [
    shouldNot('logging.deprecated', 'Log messages are not taken up any more.', RETIRED),
    should('logging.migrate', 'Logs go to standard error or to telemetry.', advice(YOURS, 'Logs go to standard error')),
  ]),
  ...section(both('server/utilities/logging#capabilities'), [
    must('logging.capability', 'The server declares that it logs.'),
  ]),
  ...section(both('server/utilities/logging#error-handling'), [
    should('logging.invalid-level', 'A level that does not exist is refused with -32602.'),
  ]),
  ...section(in2026('server/utilities/logging#per-request-log-level'), [
    mustNot('logging.unasked', 'A request without a level gets no log messages.'),
    mustNot('logging.elsewhere', 'Log messages come on the stream of their own request alone.'),
  ]),
  ...section(both('server/utilities/logging#implementation-considerations'), [
    should('logging.rate-limit', 'A reader that is slow gets no more messages than it can take.'),
    should('logging.context', 'Messages carry any data as JSON.'),
    should('logging.logger', 'A message names its logger as the handler does.'),
    should('logging.sensitive', 'Secrets stay out of the log.', advice(YOURS, 'ctx.log')),
  ]),
  ...section(both('server/utilities/logging#security'), [
    mustNot('logging.credentials', 'A log message never holds a credential.', advice(YOURS, 'ctx.log')),
    mustNot('logging.personal', 'A log message never holds personal data.', advice(YOURS, 'ctx.log')),
    mustNot('logging.internals', 'Nothing of the framework’s own errors is logged to a client.'),
    should('logging.flood', 'Messages of no use to a slow reader are dropped.'),
    should('logging.validate', 'Data that JSON cannot carry is replaced.'),
    should('logging.access', 'Only the caller of a request sees its log messages.'),
    should('logging.monitor', 'What is logged is watched.', advice(YOURS, 'ctx.log')),
  ]),
];

export const PROGRESS = [
  ...section(both('basic/utilities/progress#progress-flow', 'basic/patterns/progress#progress-flow'), [
    must('progress.token', 'A token is a string or an integer; another is refused.'),
    must('progress.increases', 'Each notification reports more than the one before.'),
    should('progress.message', 'A notification may say in words how far it is.'),
  ]),
  ...section(both('basic/utilities/progress#behavior-requirements', 'basic/patterns/progress#behavior-requirements'), [
    must('progress.active', 'Only who gave a token hears of progress, under that token.'),
  ]),
  ...section(both('basic/utilities/progress#implementation-notes', 'basic/patterns/progress#implementation-notes'), [
    must('progress.stops', 'After the end of a call there is no more progress.'),
    should('progress.tracked', 'A token is known for as long as its call runs.'),
    should('progress.rate-limit', 'A reader that is slow gets the latest progress alone.'),
  ]),
  ...section(in2025('basic/utilities/progress#behavior-requirements'), [
    must('progress.task-token', 'The token of a request holds for the task that it made, to its end.'),
    must('progress.task-same-token', 'Progress of a task comes under no other token.'),
    must('progress.task-stops', 'After the end of a task there is no more progress.'),
  ]),
];

export const CANCELLATION = [
  ...section(in2025('basic/utilities/cancellation#behavior-requirements'), [
    must('cancel.own-requests', 'The server takes back only questions of its own that are still open.'),
    must('cancel.tasks', 'A task ends by `tasks/cancel`: a cancelled request that has made one leaves it alone.'),
    should('cancel.ignore-late', 'An answer to a question that was taken back is ignored.'),
  ]),
  ...section(in2025('schema#cancellednotification'), [
    must('cancel.request-id', 'A question is taken back by the id that it had.'),
  ]),
  ...section(in2026('basic/patterns/cancellation'), [
    must('cancel.listen', 'On stdio a cancellation closes the subscription that the server ends.'),
    mustNot('cancel.server-sent', 'The server sends a cancellation for nothing else.'),
  ]),
  ...section(in2026('basic/patterns/cancellation#transport-specific-cancellation'), [
    must('cancel.disconnect', 'A client that closes the stream of its call has cancelled it.'),
  ]),
  ...section(in2026('basic/patterns/cancellation#behavior-requirements'), [
    must('cancel.server-reference', 'No cancellation by the server names anything but a subscription.'),
  ]),
  ...section(
    both('basic/utilities/cancellation#behavior-requirements', 'basic/patterns/cancellation#behavior-requirements'),
    [
      should('cancel.stops', 'A cancelled call is aborted.'),
      should('cancel.frees', 'What a cancelled call held is given back.'),
      should('cancel.no-response', 'A cancelled call gets no response.'),
    ],
  ),
  ...section(
    both('basic/utilities/cancellation#timing-considerations', 'basic/patterns/cancellation#timing-considerations'),
    [must('cancel.races', 'A cancellation that comes too late does no harm.')],
  ),
  ...section(
    both('basic/utilities/cancellation#implementation-notes', 'basic/patterns/cancellation#implementation-notes'),
    [should('cancel.reason', 'The reason for a cancellation is there to be logged, and in traces.')],
  ),
  ...section(both('basic/utilities/cancellation#error-handling', 'basic/patterns/cancellation#error-handling'), [
    should('cancel.ignored', 'A cancellation of nothing that runs, or that makes no sense, is ignored.'),
  ]),
];
