import { advice, both, in2025, in2026, moot, must, mustNot, section, should, shouldNot } from './requirement.js';

const YOURS = 'docs/your-part.md';
/** What the revision retires is served for who has it. Whether a server takes it up is its author's choice. */
export const RETIRED = advice(YOURS, 'Handlers that are written now do without them');

const NEVER_REFUSED = moot(
  'A server may refuse with -32042 what must wait for a link. This one asks for it within the call and goes on, so that no call has to wait.',
);

export const ROUNDS = [
  ...section(in2026('basic/patterns/mrtr'), [
    must('rounds.embedded', 'What the server asks stands in a result, never in a request of its own.'),
  ]),
  ...section(in2026('basic/patterns/index'), [mustNot('rounds.no-requests', 'The server sends no requests.')]),
  ...section(in2026('basic/patterns/mrtr#supported-requests'), [
    mustNot('rounds.supported', 'Only calls, prompts and resources are answered with a question.'),
  ]),
  ...section(in2026('basic/patterns/mrtr#server-requirements-basic-workflow'), [
    must('rounds.keys', 'Each question of a round has a key of its own.'),
    must('rounds.kinds', 'A question is a form or a link, a request to the model, or one for the roots.'),
    must('rounds.untrusted', 'A state that comes back is taken for an attack until it has proved genuine.'),
    must('rounds.integrity', 'The state is sealed: it can be neither changed nor made up.'),
    must('rounds.rejected', 'A state that does not open is refused.'),
    should('rounds.principal', 'A state opens for the caller alone to whom it was given.'),
    should('rounds.expiry', 'A state opens for a while only.'),
    should('rounds.request', 'A state opens for the same method, name and arguments alone.'),
    must('rounds.single-use', 'What may happen once happens once.', advice('docs/protocol.md', 'idempotency key')),
    must('rounds.content', 'A result that asks has questions or a state.'),
    mustNot('rounds.undeclared', 'A client is asked nothing of a kind that it did not declare.'),
    mustNot('rounds.no-retry', 'Nothing waits for a retry that may never come.'),
  ]),
  ...section(in2026('basic/patterns/mrtr#error-handling'), [
    should('rounds.valid', 'Answers that are no answers are refused, or asked for again.'),
    should('rounds.errors', 'What breaks the protocol is answered with an error and its code.'),
    should('rounds.unexpected', 'Answers to nothing that was asked are ignored.'),
    should('rounds.missing', 'Answers that are missing are asked for again.'),
  ]),
  ...section(in2026('basic/patterns/mrtr#security-considerations'), [
    must('rounds.validated', 'No call goes on from a state that was not checked.'),
  ]),
];

export const ELICITATION = [
  ...section(both('client/elicitation#user-interaction-model'), [
    mustNot('elicit.secrets', 'A form that asks for a secret does not start.'),
    must('elicit.secrets-by-url', 'Secrets can be asked for by a link.'),
  ]),
  ...section(both('client/elicitation#capabilities'), [
    mustNot('elicit.modes', 'A client is asked only in the modes that it declared.'),
  ]),
  ...section(both('client/elicitation#elicitation-requests'), [
    must('elicit.message', 'Every question has a message and a mode that the revision knows.'),
  ]),
  ...section(both('client/elicitation#form-mode-elicitation-requests'), [
    must('elicit.form', 'A form has a flat schema and is marked as one, or not at all.'),
  ]),
  ...section(both('client/elicitation#url-mode-elicitation-requests'), [
    must('elicit.url-mode', 'A link is marked as one and has a message.'),
    must('elicit.url', 'The link is a valid URL.'),
  ]),
  ...section(in2025('client/elicitation#completion-notifications-for-url-mode-elicitation'), [
    must('elicit.completion-client', 'That a link was followed to its end is told to the client that was asked alone.'),
    must('elicit.completion-id', 'It is told with the id of the question.'),
  ]),
  ...section(in2025('client/elicitation#url-elicitation-required-error'), [
    mustNot('elicit.required-error', 'The code -32042 is used for nothing else.'),
    must('elicit.required-list', 'An error with it lists the links.', NEVER_REFUSED),
    must('elicit.required-urls', 'What it lists are links with ids.', NEVER_REFUSED),
  ]),
  ...section(in2025('client/elicitation#error-handling'), [
    must(
      'elicit.required-code',
      'What has to wait for a link and does not ask is answered with -32042.',
      NEVER_REFUSED,
    ),
  ]),
  ...section(in2026('client/elicitation#error-handling'), [
    shouldNot('elicit.assumed', 'That the user answers is never assumed.'),
    must('elicit.refused', 'A handler is told where the user declines or cancels, or the client fails.'),
  ]),
  ...section(both('client/elicitation#statefulness'), [
    must('elicit.state-user', 'What is kept of a question belongs to its caller.'),
    must('elicit.state-protected', 'Nobody else can reach it.'),
    must('elicit.identity', 'Who a caller is comes from `authenticate`, never from the message.'),
  ]),
  ...section(in2025('client/elicitation#statefulness'), [
    mustNot('elicit.state-session', 'It is found by the owner, not by a session id alone.'),
  ]),
  ...section(both('client/elicitation#url-mode-elicitation-for-oauth-flows'), [
    mustNot('elicit.not-for-login', 'A link never logs a client in to this server.', advice(YOURS, 'logs nobody in')),
  ]),
  ...section(both('client/elicitation#understanding-the-distinction'), [
    mustNot('elicit.third-party-transit', 'Credentials of others never pass the client.', advice(YOURS, 'credentials')),
    mustNot('elicit.passthrough', 'The client’s token is for this server alone.', advice(YOURS, 'pass on the token')),
    must('elicit.direct', 'The user authorises the server in the browser.', advice(YOURS, 'in the browser')),
    mustNot('elicit.third-party-sent', 'Nor are such credentials sent to it.', advice(YOURS, 'credentials')),
  ]),
  ...section(both('client/elicitation#security-considerations'), [
    must('elicit.bound', 'A question can be answered by the caller alone who was asked.'),
  ]),
  ...section(both('client/elicitation#safe-url-handling'), [
    mustNot('elicit.url-personal', 'A link says nothing of the user.', advice(YOURS, 'personal data')),
    mustNot('elicit.url-authenticated', 'A link lets nobody in.', advice(YOURS, 'lets nobody in')),
    shouldNot('elicit.form-links', 'No field of a form is a link.', advice(YOURS, 'no links in forms')),
    should('elicit.https', 'A link is `https:`, except to this machine.'),
  ]),
  ...section(both('client/elicitation#identifying-the-user'), [
    mustNot('elicit.claimed-identity', 'What a client says of its user is not believed.'),
    should('elicit.practices', 'The practices of the specification are followed.', advice(YOURS, 'pass on the token')),
  ]),
  ...section(both('client/elicitation#form-mode-security'), [
    mustNot('elicit.form-secrets', 'No form has a field for a password or a key.'),
    should('elicit.validated', 'An answer reaches the handler only if it fits the form.'),
  ]),
  ...section(both('client/elicitation#phishing'), [
    must('elicit.opener', 'Who opens a link is known before anything is taken from there.'),
    must('elicit.same-user', 'Only who was asked can finish what a link began.'),
    must('elicit.modified-url', 'A link that was changed leads nowhere.'),
  ]),
];

export const SAMPLING = [
  ...section(in2026('client/sampling'), [
    shouldNot('sampling.deprecated', 'Sampling is not taken up any more.', RETIRED),
    should(
      'sampling.migrate',
      'Models are asked by the server itself.',
      advice(YOURS, 'Models are asked by the server'),
    ),
  ]),
  ...section(both('client/sampling#user-interaction-model'), [
    should('sampling.human', 'A person can say no to sampling.', advice(YOURS, 'say no')),
  ]),
  ...section(both('client/sampling#tools-in-sampling'), [
    mustNot('sampling.tools', 'Tools are offered only to a model of a client that declared them.'),
  ]),
  ...section(both('client/sampling#capabilities'), [
    should('sampling.context', 'A request asks for no context of other servers by itself.'),
    shouldNot('sampling.context-undeclared', 'Nor is it asked for where the client did not declare it.'),
  ]),
  ...section(both('client/sampling#tool-result-messages'), [
    must('sampling.only-results', 'A message with tool results has nothing else.'),
  ]),
  ...section(both('client/sampling#tool-use-and-result-balance'), [
    must('sampling.balance', 'Every use of a tool is followed by its result before anything else.'),
  ]),
  ...section(in2026('client/sampling#messages'), [
    must('sampling.roles', 'Messages are by the user or by the assistant.'),
    shouldNot('sampling.not-retained', 'Nothing of one request is added to the next by itself.'),
  ]),
  ...section(both('client/sampling#security-considerations'), [
    should('sampling.validate', 'What a model answers is checked before it is used.'),
    must('sampling.sensitive', 'Sensitive data is kept from the model.', advice(YOURS, 'personal data')),
    must(
      'sampling.matching',
      'When a model used tools, each use gets the result with its id, and nothing else is said.',
    ),
    should('sampling.iterations', 'The turns of an agent are limited.'),
  ]),
];

export const ROOTS = [
  ...section(in2026('client/roots'), [
    shouldNot('roots.deprecated', 'Roots are not taken up any more.', RETIRED),
    should(
      'roots.migrate',
      'Folders are passed as arguments or by configuration.',
      advice(YOURS, 'named by arguments'),
    ),
  ]),
  ...section(both('client/roots#security-considerations'), [
    should('roots.unavailable', 'A root that is no more fails the handler, not the server.'),
    should('roots.respected', 'Handlers stay within the roots.', advice(YOURS, 'ctx.roots')),
    should('roots.paths', 'Paths are held against the roots.', advice(YOURS, 'ctx.roots')),
  ]),
  ...section(both('client/roots#implementation-guidelines'), [
    should('roots.capability', 'Roots are asked for only where the client declared them.'),
    should('roots.boundaries', 'Operations respect the roots.', advice(YOURS, 'ctx.roots')),
    should('roots.cached', 'One call asks for the roots no more often than its handler does.'),
  ]),
  ...section(in2025('client/roots#implementation-guidelines'), [
    should('roots.changed', 'That the roots have changed is taken without complaint.'),
  ]),
];
