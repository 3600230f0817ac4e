import { advice, both, in2025, in2026, must, mustNot, section, should } from './requirement.js';

const YOURS = 'docs/your-part.md';

export const RESOURCES = [
  ...section(both('server/resources#capabilities'), [
    must('resources.capability', 'A server with resources declares them, and one without does not.'),
  ]),
  ...section(in2026('server/resources#capabilities'), [
    must('resources.list', '`resources/list` gives the resources that there are for the caller.'),
    mustNot('resources.list-varies', 'The list depends neither on the connection nor on other requests.'),
  ]),
  ...section(both('server/resources#list-changed-notification'), [
    should('resources.list-changed', 'Who is to hear of it is told that the list has changed.'),
  ]),
  ...section(both('server/resources#https'), [
    should('resources.https', '`https:` is for what clients can load themselves.', advice(YOURS, 'scheme of its own')),
    should('resources.own-scheme', 'Anything else has another scheme.', advice(YOURS, 'scheme of its own')),
  ]),
  ...section(both('server/resources#custom-uri-schemes'), [
    must('resources.uri-syntax', 'URIs and templates are as RFC 3986 and RFC 6570 have them.'),
  ]),
  ...section(in2025('server/resources#error-handling'), [
    should('resources.not-found-2025', 'A resource that does not exist is answered with -32002.'),
  ]),
  ...section(in2026('server/resources#error-handling'), [
    must('resources.not-found-2026', 'A resource that does not exist is answered with -32602.'),
    mustNot('resources.empty-contents', 'A resource that does not exist is never answered with no contents.'),
  ]),
  ...section(both('server/resources#error-handling'), [
    should('resources.internal', 'What goes wrong inside is answered with -32603.'),
  ]),
  ...section(both('server/resources#security-considerations'), [
    must('resources.validate-uri', 'A URI reaches a handler only if it fits what was declared.'),
    should('resources.access', 'A resource knows its caller and can refuse.'),
    must('resources.binary', 'Binary contents are sent as Base64.'),
    should('resources.permissions', 'Who may read is decided before anything is read.'),
  ]),
  ...section(in2026('server/resources#security-considerations'), [
    must('resources.traversal', 'A variable of a template cannot climb out of its folder.'),
  ]),
];

export const COMPLETION = [
  ...section(both('server/utilities/completion#capabilities'), [
    must('completion.capability', 'A server that completes declares it, and another does not.'),
  ]),
  ...section(both('server/utilities/completion#error-handling'), [
    should('completion.not-offered', 'Without the capability the method does not exist: -32601.'),
    should('completion.unknown', 'A prompt or template that does not exist is refused with -32602.'),
    should('completion.missing', 'A request without what it must have is refused with -32602.'),
    should('completion.internal', 'What goes wrong inside is answered with -32603, and nothing is shown of it.'),
  ]),
  ...section(both('server/utilities/completion#implementation-considerations'), [
    should('completion.order', 'Values come in the order that their completer gives them.'),
    should('completion.fuzzy', 'Whether to match loosely is up to the completer.'),
    should('completion.validate', 'All members of the request are checked.'),
  ]),
  ...section(both('server/utilities/completion#security'), [
    must('completion.validate-input', 'What does not fit never reaches a completer.'),
    must('completion.rate-limit', 'How often is completed is limited.'),
    must('completion.access', 'A completer knows its caller.'),
    must('completion.disclosure', 'Only declared arguments and variables are completed, at most 100 values of each.'),
  ]),
];

export const PAGINATION = [
  ...section(both('server/utilities/pagination#implementation-guidelines'), [
    should('pagination.stable', 'The same cursor gives the same page.'),
    should('pagination.invalid', 'A cursor that was never given breaks nothing.'),
  ]),
  ...section(both('server/utilities/pagination#error-handling'), [
    should('pagination.error', 'A cursor that was never given is refused with -32602.'),
  ]),
];

export const CACHING = [
  ...section(in2026('server/utilities/caching#cacheable-results'), [
    must('caching.hints', 'Discovery, lists and resources say how long and by whom they may be kept.'),
  ]),
  ...section(in2026('server/utilities/caching#time-to-live-ttl-field'), [
    must('caching.ttl', 'How long is never less than zero.'),
  ]),
  ...section(in2026('server/utilities/caching#interaction-with-pagination'), [
    must('caching.pages', 'All pages of a list say the same.'),
    must('caching.private-pages', 'Where the first page is private, so are all.'),
  ]),
  ...section(in2026('server/utilities/caching#security-considerations'), [
    must('caching.public', 'What depends on its caller is never called public.'),
    must('caching.access', 'Who may read is decided on every request, whatever may be cached.'),
    mustNot('caching.scope-alone', 'No access hangs on what may be cached.'),
  ]),
];
