import { advice, both, in2025, in2026, must, section, should, shouldNot } from './requirement.js';

/** How client and server come to terms, on each revision. */
export const OPENING = [
  ...section(in2025('basic/lifecycle#initialization'), [
    must('initialize.first', 'Nothing but `initialize` opens a session.'),
    must('initialize.answer', 'The answer to `initialize` says what the server is and can do.'),
    shouldNot('initialize.early-requests', 'The server asks nothing before the client has said `initialized`.'),
  ]),
  ...section(in2025('basic/lifecycle#version-negotiation'), [
    must('initialize.same-version', 'A version that is supported is agreed to.'),
    must('initialize.other-version', 'Instead of one that is not, a supported one is offered.'),
    should('initialize.latest-version', 'What is offered is the latest of those that know sessions.'),
  ]),
  ...section(in2025('basic/lifecycle#operation'), [
    must('session.version', 'A session keeps to the version that was agreed on.'),
    must('session.capabilities', 'Only capabilities that both sides declared are used.'),
  ]),
  ...section(both('basic/lifecycle#timeouts', 'basic/patterns/cancellation#timeouts'), [
    should('timeouts.of-requests', 'A question to the client can be given a time limit.'),
    should('timeouts.configurable', 'The limit is set for each question by itself.'),
    should('timeouts.maximum', 'No progress makes a question outlive its limit.'),
  ]),
  ...section(in2025('basic/lifecycle#timeouts'), [
    should('timeouts.cancelled', 'A question that came to its limit is taken back from the client.'),
  ]),
  ...section(in2025('basic/lifecycle#error-handling'), [
    should('session.errors', 'Versions that differ, missing capabilities and timeouts each end in a stated error.'),
  ]),
  ...section(in2025('basic/utilities/ping#behavior-requirements'), [
    must('ping.answered', '`ping` is answered at once with an empty result.'),
  ]),
  ...section(in2025('basic/utilities/ping#implementation-considerations'), [
    should('ping.periodic', 'The server pings its client from time to time.'),
    should('ping.configurable', 'How often is a setting.'),
    should('ping.timeouts', 'How long a pong may take fits the network.'),
    should('ping.sparing', 'No more is sent than a quiet stream needs.'),
  ]),
  ...section(in2025('basic/utilities/ping#error-handling'), [
    should('ping.failure', 'A connection without a pong is taken for lost.'),
    should('ping.logged', 'That a pong did not come is logged.'),
  ]),
  ...section(in2026('basic/versioning#protocol-version-negotiation'), [
    must('versions.unsupported', 'A version that is not served is refused with -32022 and those that are.'),
    must('discover.implemented', '`server/discover` is answered.'),
  ]),
  ...section(in2026('server/discover#discoverresult'), [
    should('discover.server-info', '`server/discover` says which server this is.'),
  ]),
  ...section(in2026('basic/versioning#extension-negotiation'), [
    must('extensions.identifier', 'The name of an extension is a key of `_meta` with a prefix.'),
    must('extensions.fallback', 'A client without an extension gets the core behaviour or a stated error.'),
    should(
      'extensions.documented',
      'What such a client gets is documented.',
      advice('docs/protocol.md', 'the call runs in the foreground'),
    ),
  ]),
];
