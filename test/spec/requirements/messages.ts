import { advice, both, in2025, in2026, must, mustNot, section, should, shouldNot } from './requirement.js';

const YOURS = 'docs/your-part.md';

/** What holds for every message, whatever its method. */
export const MESSAGES = [
  ...section(both('basic/index'), [
    must('messages.base', 'Messages, versions and how a connection begins are served on every transport.'),
  ]),
  ...section(both('basic/index#messages'), [
    must('messages.json-rpc', 'Every message is one of JSON-RPC 2.0; anything else is refused.'),
  ]),
  ...section(both('basic/index#requests'), [
    must('messages.request-id', 'A request has a string or an integer as its id.'),
    mustNot('messages.null-id', 'An id is never null: such a request is refused.'),
  ]),
  ...section(in2025('basic/index#requests'), [
    mustNot('messages.server-id-reused', 'No two requests of the server on a session have the same id.'),
  ]),
  ...section(both('basic/index#result-responses'), [
    must('messages.result-id', 'A result has the id of the request that it answers.'),
    must('messages.result-member', 'What succeeded is answered with a `result`.'),
  ]),
  ...section(both('basic/index#error-responses'), [
    must('messages.error-id', 'An error has the id of its request, wherever that could be read.'),
    must('messages.error-member', 'What failed is answered with an `error` that has a code and a message.'),
    must('messages.error-code', 'The code of an error is an integer.'),
  ]),
  ...section(both('schema#error'), [
    should('messages.error-sentence', 'The message of an error is one short sentence.'),
  ]),
  ...section(both('basic/index#notifications'), [
    mustNot('messages.notification-answer', 'A notification gets no response, whatever it says.'),
    mustNot('messages.notification-id', 'Notifications of the server have no id.'),
  ]),
  ...section(both('basic/transports', 'basic/transports/index#messages'), [
    must('messages.utf-8', 'Messages are UTF-8; bytes that are not are refused.'),
  ]),
  ...section(in2026('basic/index#result-responses'), [
    must('messages.result-type', 'Every result says of which type it is.'),
  ]),
  ...section(in2026('basic/index#resulttype'), [
    must('messages.result-types', 'Result types of an extension are sent only where the client declared it.'),
  ]),
  ...section(in2026('basic/index#error-codes'), [
    mustNot('messages.legacy-codes', 'No error has a new meaning in the range from -32019 to -32000.'),
    shouldNot('messages.legacy-range', 'No error has a code from -32019 to -32000.'),
    mustNot('messages.reserved-codes', 'No error has a code from -32099 to -32020 that the specification lacks.'),
    must('messages.defined-codes', 'The defined codes are used for what they mean.'),
    mustNot('messages.retired-codes', 'The codes -32002 and -32042 of earlier revisions are not sent.'),
    should(
      'messages.own-codes',
      'Codes of your own lie outside of the range that JSON-RPC reserves.',
      advice(YOURS, 'outside -32768 to -32000'),
    ),
  ]),
  ...section(both('basic/index#_meta'), [
    mustNot('meta.reserved-values', 'Nothing is assumed of reserved keys: odd values neither fail nor change a call.'),
    must('meta.key-prefix', 'Keys of `_meta` that the server writes have a well-formed prefix.'),
    must('meta.key-name', 'Keys of `_meta` that the server writes have a well-formed name.'),
    should('meta.reverse-dns', 'Prefixes of keys in `_meta` are domain names, turned round.'),
  ]),
  ...section(in2026('basic/index#_meta'), [
    must('meta.required', 'A request without protocol version or client capabilities is refused with -32602.'),
    must('meta.required-status', 'Over HTTP such a request is answered with 400.'),
    mustNot('meta.undeclared', 'Nothing is asked of a client that it did not declare on this very request.'),
    must('meta.missing-capability', 'A request that needs an undeclared capability is refused with -32021, naming it.'),
    must('meta.missing-capability-status', 'Over HTTP such a request is answered with 400.'),
    should('meta.server-info', 'Every result says which server made it.'),
    shouldNot('meta.client-info-behaviour', 'Who the client says to be changes nothing in an answer.'),
    shouldNot('meta.client-info-security', 'Who the client says to be lets nobody see what is another caller’s.'),
    must('meta.subscription-id', 'Every notification of a subscription names the request that opened it.'),
    must('meta.trace-context', 'A trace context is taken over only in the format of W3C.'),
  ]),
  ...section(in2026('basic/index#statelessness'), [
    mustNot('stateless.connection', 'What a request may do never comes from an earlier one on the same connection.'),
    should('stateless.interleaved', 'Requests of many conversations may share one connection.'),
    shouldNot('stateless.affinity', 'Related requests may reach other connections and other processes.'),
    must('stateless.handles', 'What outlives a request goes by an id that the client sends.'),
  ]),
  ...section(both('basic/index#implementation-requirements'), [
    must('schemas.default-dialect', 'A schema without `$schema` is one of JSON Schema 2020-12.'),
    must('schemas.validated', 'A schema is checked by the rules of its dialect.'),
    must('schemas.unknown-dialect', 'A schema of a dialect that is not supported is refused, saying so.'),
    should('schemas.documented', 'The supported dialects are documented.', advice('docs/schemas.md', '2020-12')),
  ]),
  ...section(both('basic/index#schema-dialect'), [
    must('schemas.2020-12', 'JSON Schema 2020-12 is supported.'),
    should('schemas.dialects-documented', 'Other dialects are named.', advice('docs/schemas.md', '2020-12')),
  ]),
  ...section(both('basic/index#schema-validation'), [
    must('schemas.valid', 'Every schema that is offered is valid in its dialect.'),
  ]),
  ...section(in2026('basic/index#ref-resolution'), [
    mustNot('schemas.remote-ref', 'No `$ref` is ever fetched.'),
    must('schemas.remote-ref-default', 'There is no switch that would fetch one.'),
    should('schemas.unresolved-ref', 'A schema with a `$ref` that leads nowhere is refused.'),
  ]),
  ...section(in2026('basic/index#composition-keyword-resource-use'), [
    should('schemas.bounded', 'What a value may cost its check is bounded.'),
  ]),
  ...section(both('index#implementation-guidelines'), [
    should('guidelines.documented', 'What security asks of you is written down.', advice(YOURS, 'not for a framework')),
    should('guidelines.access', 'Access is checked and data protected.', advice(YOURS, 'ctx.principal')),
    should('guidelines.consent', 'Consent is asked for where it is due.', advice(YOURS, 'ctx.elicit')),
    should(
      'guidelines.practices',
      'Good practice is followed towards other services.',
      advice(YOURS, 'pass on the token'),
    ),
    should('guidelines.privacy', 'Privacy is thought of.', advice(YOURS, 'personal data')),
  ]),
];
