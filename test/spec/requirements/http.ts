import { advice, both, in2025, in2026, must, mustNot, section, should, shouldNot } from './requirement.js';

const page = 'basic/transports';
const page2026 = 'basic/transports/streamable-http';

export const HTTP = [
  ...section(both(`${page}#streamable-http`, page2026), [must('http.one-endpoint', 'One path serves it all.')]),
  ...section(both(`${page}#security-warning`, `${page2026}#security-%26-endpoint`), [
    must('http.origin', 'Every connection is asked for its origin.'),
    must('http.origin-403', 'An origin that is not allowed gets 403.'),
    should('http.localhost', 'Without other words the server listens on this machine alone.'),
    should('http.authentication', 'A server that others can reach must be told who may call.'),
  ]),
  ...section(both(`${page}#sending-messages-to-the-server`, `${page2026}#sending-messages`), [
    must('http.accepted', 'A notification is answered with 202 and no body.'),
    must('http.not-accepted', 'What cannot be taken is answered with an error status.'),
    must('http.content-type', 'A request is answered with JSON or an event stream.'),
  ]),
  ...section(in2025(`${page}#sending-messages-to-the-server`), [
    should('http.priming', 'A stream opens with an event that has an id and no data.'),
    should('http.retry', 'A connection that is closed early says when to come back.'),
    should('http.response-comes', 'A stream brings the response in the end.'),
    should('http.related', 'Until then it brings only what belongs to its request.'),
    should('http.ends', 'After the response the stream ends.'),
    shouldNot('http.disconnect', 'A lost connection cancels nothing.'),
  ]),
  ...section(in2025(`${page}#listening-for-messages-from-the-server`), [
    must('http.get', 'GET opens an event stream, or is answered with 405.'),
    should('http.get-unrelated', 'That stream brings what belongs to no request.'),
    mustNot('http.get-responses', 'It brings no responses, except where it goes on with another stream.'),
    should('http.get-retry', 'When its connection is closed early, it says when to come back.'),
  ]),
  ...section(in2025(`${page}#multiple-connections`), [
    must('http.one-stream', 'Each message goes to one stream.'),
    mustNot('http.no-broadcast', 'No message goes to two.'),
  ]),
  ...section(in2025(`${page}#resumability-and-redelivery`), [
    must('http.event-ids', 'No two events of a session have the same id.'),
    should('http.event-id-stream', 'The id of an event tells its stream.'),
    mustNot('http.replay-own', 'Only events of the stream that broke are sent again.'),
  ]),
  ...section(in2025(`${page}#session-management`), [
    should('session.id-random', 'The id of a session cannot be guessed.'),
    must('session.id-ascii', 'It is of visible ASCII characters.'),
    should('session.id-required', 'A request without it gets 400.'),
    must('session.ended', 'A request to a session that has ended gets 404.'),
  ]),
  ...section(in2025(`${page}#protocol-version-header`), [
    should('session.version-default', 'A request without a version header is of the session’s version.'),
    must('session.version-invalid', 'A version header that is none gets 400.'),
  ]),
  ...section(in2026(`${page2026}#receiving-messages`), [
    must('stream.related', 'The stream of a request brings only what belongs to it.'),
    mustNot('stream.requests', 'It brings no requests.'),
    should('stream.ends', 'The response ends it.'),
    should('stream.unbuffered', 'Proxies are told not to hold it back.'),
  ]),
  ...section(in2026(`${page2026}#cancellation`), [
    must('stream.closed', 'Closing it cancels the request.'),
    should('stream.stops', 'The call is then aborted.'),
    mustNot('stream.silent', 'And nothing more is said of it.'),
  ]),
  ...section(in2026(`${page2026}#protocol-version-header`), [
    must('headers.version', 'A version header that is not what the body says gets 400 and -32020.'),
    must('headers.unsupported', 'A version that is not served gets 400 and -32022 with those that are.'),
    must('headers.unknown-method', 'A method that does not exist gets 404 and -32601.'),
    must('headers.version-missing', 'A request without a version header is refused.'),
  ]),
  ...section(in2026(`${page2026}#standard-request-headers`), [
    must('headers.required', 'Method and name have headers without which a request is refused.'),
  ]),
  ...section(in2026(`${page2026}#value-encoding`), [
    must('headers.base64', 'A value in Base64 is decoded, and the marker is exact to the letter.'),
  ]),
  ...section(in2026(`${page2026}#server-behavior-for-custom-headers`), [
    must('headers.param-characters', 'A parameter with characters that no header may have is refused.'),
    must('headers.param-match', 'A parameter that says something else than the body is refused.'),
    must('headers.param-error', 'It is refused with 400 and -32020.'),
    mustNot('headers.param-unexpected', 'A parameter that the body leaves out, or has as null, is not asked for.'),
    must('headers.param-missing', 'A parameter that the body has is asked for.'),
    must('headers.param-forwarded', 'A parameter that mirrors nothing here is ignored.'),
  ]),
  ...section(in2026(`${page2026}#case-sensitivity`), [
    must('headers.case', 'The case of a header’s name does not matter.'),
  ]),
  ...section(in2026(`${page2026}#server-validation`), [
    must('headers.match', 'A header that differs from the body is refused.'),
    should('headers.numbers', 'Numbers are compared as numbers.'),
    must('headers.status', 'It is refused with 400.'),
    must('headers.code', 'And with -32020.'),
    must('headers.decoded', 'Values in Base64 are decoded before they are compared.'),
  ]),
  ...section(in2026(`${page2026}#earlier-streamable-http-revisions`), [
    should('http.legacy-methods', 'GET and DELETE outside of a session get 405.'),
    should('http.legacy-session', 'A stateless request with a session id is served without one.'),
    should('http.legacy-resume', 'A stateless request with `Last-Event-ID` is served as if without.'),
  ]),
  ...section(in2026(`${page2026}#http%2Bsse-transport-2024-11-05`), [
    shouldNot('http.sse-transport', 'The transport of 2024-11-05 is not served.'),
  ]),
];

export const STDIO = [
  ...section(both(`${page}#stdio`, 'basic/transports/stdio'), [
    mustNot('stdio.newlines', 'A message is one line.'),
    mustNot('stdio.only-messages', 'Nothing but messages is written to the output, whatever else prints.'),
  ]),
  ...section(in2026('basic/transports/stdio#receiving-messages'), [
    mustNot('stdio.no-requests', 'No requests are written to the output.'),
  ]),
  ...section(in2026('basic/transports/stdio#cancellation'), [
    should('stdio.stops', 'A cancelled call is aborted.'),
    mustNot('stdio.silent', 'Nothing more is written of a cancelled call.'),
  ]),
  ...section(in2026('basic/transports/stdio#shutdown'), [
    should('stdio.exit', 'The process ends soon after its input does.'),
  ]),
  ...section(both(`${page}#custom-transports`, 'basic/transports/index#custom-transports'), [
    must('transport.custom', 'Over other pairs of streams messages and their life are the same.'),
    should(
      'transport.documented',
      'How such a connection is made is documented.',
      advice('docs/serving.md', 'any pair of streams'),
    ),
  ]),
  ...section(in2026('basic/transports/index#custom-transports'), [
    should('transport.framing', 'They use the framing of stdio.'),
  ]),
  ...section(in2026('basic/transports/index#messages'), [
    must('transport.delivers', 'Each request and notification of a client reaches the server once.'),
  ]),
];

export const SUBSCRIPTIONS = [
  ...section(in2026('basic/patterns/subscriptions#opening-a-stream'), [
    mustNot('listen.unrequested', 'A subscription brings only what it asked for.'),
  ]),
  ...section(in2026('basic/patterns/subscriptions#acknowledgment'), [
    must('listen.acknowledged', 'The first thing that a subscription brings is its acknowledgement.'),
    mustNot('listen.before', 'Nothing comes before it.'),
  ]),
  ...section(in2026('basic/patterns/subscriptions#cancellation'), [
    should('listen.ends', 'A server that stops ends its subscriptions with a result.'),
  ]),
  ...section(in2026('basic/patterns/subscriptions#graceful-closure'), [
    should('listen.graceful', 'That result comes before the stream is closed.'),
  ]),
];
