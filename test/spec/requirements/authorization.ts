import { advice, both, in2026, must, mustNot, section, should, shouldNot } from './requirement.js';

const YOURS = 'docs/your-part.md';
const page = 'basic/authorization';
const page2026 = 'basic/authorization/index';
const at = (anchor: string) => both(`${page}#${anchor}`, `${page2026}#${anchor}`);
const security = (anchor: string) => both(`${page}#${anchor}`, `basic/authorization/security-considerations#${anchor}`);
const discovery = (anchor: string) =>
  both(`${page}#${anchor}`, `basic/authorization/authorization-server-discovery#${anchor}`);

export const AUTHORIZATION = [
  ...section(both('basic/index#auth'), [
    should('auth.http', 'Over HTTP callers are authorised as the specification has it.'),
    shouldNot('auth.stdio', 'Over stdio nothing of that is asked for.'),
  ]),
  ...section(at('protocol-requirements'), [
    should('auth.conform', 'Whoever serves HTTP keeps to that.'),
    shouldNot('auth.stdio-environment', 'Over stdio the caller is who started the process.'),
    must('auth.other-transports', 'Other transports are secured by other means.', advice(YOURS, 'sockets')),
  ]),
  ...section(at('overview'), [must('auth.metadata', 'The metadata of the protected resource (RFC 9728) is served.')]),
  ...section(discovery('authorization-server-location'), [
    must('auth.metadata-location', 'It says where the authorization servers are.'),
    must('auth.metadata-servers', 'At least one of them.'),
  ]),
  ...section(discovery('protected-resource-metadata-discovery-requirements'), [
    must('auth.discovery', 'A client can find it.'),
  ]),
  ...section(
    both(`${page}#protected-resource-metadata-discovery-requirements`, `${page2026}#scope-selection-strategy`),
    [
      should('auth.scope-challenge', 'A refusal names the scopes that are needed.'),
      should('auth.scope-consistent', 'In the same way each time.'),
    ],
  ),
  ...section(at('canonical-server-uri'), [
    should('auth.canonical-case', 'The case of scheme and host of its own URL does not matter.'),
    should('auth.canonical-slash', 'Its own URL has no slash at its end.'),
  ]),
  ...section(at('security-considerations'), [
    must('auth.practices', 'The security considerations of OAuth 2.1 are followed.', advice(YOURS, 'OAuth 2.1')),
  ]),
  ...section(at('token-requirements'), [must('auth.every-request', 'Every request over HTTP is asked who calls.')]),
  ...section(at('token-handling'), [
    must('auth.validate', 'A token is validated before anything is looked at.', advice(YOURS, 'issuer, audience')),
    must('auth.audience', 'It was issued for this server.'),
    must('auth.invalid', 'A caller without a valid one gets 401.'),
    must('auth.valid-only', 'No other tokens are taken.'),
    mustNot('auth.transit', 'Nor passed on.', advice(YOURS, 'pass on the token')),
  ]),
  ...section(in2026(`${page2026}#refresh-tokens`), [
    shouldNot('auth.offline-access', 'The server asks for no `offline_access`.'),
  ]),
  ...section(at('error-handling'), [
    must('auth.status', 'Missing, insufficient and malformed authorization have 401, 403 and 400.'),
  ]),
  ...section(at('runtime-insufficient-scope-errors'), [
    should('auth.insufficient', 'A token with too few scopes gets 403 and a challenge.'),
    should('auth.insufficient-consistent', 'In the same way each time.'),
    should('auth.insufficient-experience', 'With care for how often users are asked.'),
  ]),
  ...section(in2026(`${page2026}#runtime-insufficient-scope-errors`), [
    should('auth.insufficient-scopes', 'The challenge names the scopes.'),
    should('auth.insufficient-all', 'All of them at once.'),
  ]),
  ...section(in2026(`${page2026}#step-up-authorization-flow`), [
    must('auth.scope-hierarchy', 'A broad scope counts for the narrow ones in it.'),
  ]),
  ...section(security('token-audience-binding-and-validation'), [
    must('auth.issued-for-us', 'Tokens for others are refused.'),
  ]),
  ...section(security('token-theft'), [must('auth.storage', 'Tokens are not stored.')]),
  ...section(security('communication-security'), [must('auth.https', 'Traffic is encrypted.', advice(YOURS, 'TLS'))]),
  ...section(security('confused-deputy-problem'), [
    must('auth.proxy-consent', 'A proxy asks each client’s user.', advice(YOURS, 'proxy')),
  ]),
  ...section(security('access-token-privilege-restriction'), [
    must('auth.before', 'Who calls is known before anything runs.'),
    must('auth.oauth-5-2', 'Tokens are validated as OAuth 2.1 has it.', advice(YOURS, 'issuer, audience')),
    must('auth.intended', 'Only tokens for this server are taken.'),
    mustNot(
      'auth.passthrough',
      'The token never reaches another service by itself.',
      advice(YOURS, 'pass on the token'),
    ),
  ]),
];
