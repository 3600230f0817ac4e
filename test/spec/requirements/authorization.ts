import { advice, both, gap, in2026, must, mustNot, section, should, shouldNot } from './requirement.js';

const YOURS = 'docs/your-part.md';
const NO_METADATA = gap(
  'The server does not describe its authorization: serve the RFC 9728 document beside it and check tokens in `authenticate`.',
);
const page = 'basic/authorization';
const page2026 = 'basic/authorization/index';
const at = (anchor: string) => both(`${page}#${anchor}`, `${page2026}#${anchor}`);
const security = (anchor: string) => both(`${page}#${anchor}`, `basic/authorization/security-considerations#${anchor}`);
const discovery = (anchor: string) =>
  both(`${page}#${anchor}`, `basic/authorization/authorization-server-discovery#${anchor}`);

export const AUTHORIZATION = [
  ...section(both('basic/index#auth'), [
    should('auth.http', 'Over HTTP callers are authorised as the specification has it.', NO_METADATA),
    shouldNot('auth.stdio', 'Over stdio nothing of that is asked for.'),
  ]),
  ...section(at('protocol-requirements'), [
    should('auth.conform', 'Whoever serves HTTP keeps to that.', NO_METADATA),
    shouldNot('auth.stdio-environment', 'Over stdio the caller is who started the process.'),
    must('auth.other-transports', 'Other transports are secured by other means.', advice(YOURS, 'sockets')),
  ]),
  ...section(at('overview'), [
    must('auth.metadata', 'The metadata of the protected resource (RFC 9728) is served.', NO_METADATA),
  ]),
  ...section(discovery('authorization-server-location'), [
    must('auth.metadata-location', 'It says where the authorization servers are.', NO_METADATA),
    must('auth.metadata-servers', 'At least one of them.', NO_METADATA),
  ]),
  ...section(discovery('protected-resource-metadata-discovery-requirements'), [
    must('auth.discovery', 'A client can find it.', NO_METADATA),
  ]),
  ...section(
    both(`${page}#protected-resource-metadata-discovery-requirements`, `${page2026}#scope-selection-strategy`),
    [
      should('auth.scope-challenge', 'A refusal names the scopes that are needed.', NO_METADATA),
      should('auth.scope-consistent', 'In the same way each time.', NO_METADATA),
    ],
  ),
  ...section(at('canonical-server-uri'), [
    should(
      'auth.canonical-case',
      'The case of scheme and host of its own URL does not matter.',
      advice(YOURS, 'in any case'),
    ),
    should('auth.canonical-slash', 'Its own URL has no slash at its end.', advice(YOURS, 'without a slash')),
  ]),
  ...section(at('security-considerations'), [
    must('auth.practices', 'The security considerations of OAuth 2.1 are followed.', advice(YOURS, 'OAuth 2.1')),
  ]),
  ...section(at('token-requirements'), [must('auth.every-request', 'Every request over HTTP is asked who calls.')]),
  ...section(at('token-handling'), [
    must('auth.validate', 'A token is validated before anything is looked at.', advice(YOURS, 'issuer, audience')),
    must('auth.audience', 'It was issued for this server.', advice(YOURS, 'issuer, audience')),
    must('auth.invalid', 'A caller without a valid one gets 401.'),
    must('auth.valid-only', 'No other tokens are taken.', advice(YOURS, 'issuer, audience')),
    mustNot('auth.transit', 'Nor passed on.', advice(YOURS, 'pass on the token')),
  ]),
  ...section(in2026(`${page2026}#refresh-tokens`), [
    shouldNot('auth.offline-access', 'The server asks for no `offline_access`.', advice(YOURS, 'offline_access')),
  ]),
  ...section(at('error-handling'), [
    must('auth.status', 'Missing, insufficient and malformed authorization have 401, 403 and 400.', NO_METADATA),
  ]),
  ...section(at('runtime-insufficient-scope-errors'), [
    should('auth.insufficient', 'A token with too few scopes gets 403 and a challenge.', NO_METADATA),
    should('auth.insufficient-consistent', 'In the same way each time.', NO_METADATA),
    should('auth.insufficient-experience', 'With care for how often users are asked.', NO_METADATA),
  ]),
  ...section(in2026(`${page2026}#runtime-insufficient-scope-errors`), [
    should('auth.insufficient-scopes', 'The challenge names the scopes.', NO_METADATA),
    should('auth.insufficient-all', 'All of them at once.', NO_METADATA),
  ]),
  ...section(in2026(`${page2026}#step-up-authorization-flow`), [
    must('auth.scope-hierarchy', 'A broad scope counts for the narrow ones in it.', advice(YOURS, 'broader scopes')),
  ]),
  ...section(security('token-audience-binding-and-validation'), [
    must('auth.issued-for-us', 'Tokens for others are refused.', advice(YOURS, 'issuer, audience')),
  ]),
  ...section(security('token-theft'), [must('auth.storage', 'Tokens are not stored.')]),
  ...section(security('communication-security'), [must('auth.https', 'Traffic is encrypted.', advice(YOURS, 'TLS'))]),
  ...section(security('confused-deputy-problem'), [
    must('auth.proxy-consent', 'A proxy asks each client’s user.', advice(YOURS, 'proxy')),
  ]),
  ...section(security('access-token-privilege-restriction'), [
    must('auth.before', 'Who calls is known before anything runs.'),
    must('auth.oauth-5-2', 'Tokens are validated as OAuth 2.1 has it.', advice(YOURS, 'issuer, audience')),
    must('auth.intended', 'Only tokens for this server are taken.', advice(YOURS, 'issuer, audience')),
    mustNot(
      'auth.passthrough',
      'The token never reaches another service by itself.',
      advice(YOURS, 'pass on the token'),
    ),
  ]),
];
