import { advice, both, in2026, must, mustNot, section, should, shouldNot } from './requirement.js';

const YOURS = 'docs/your-part.md';

export const TOOLS = [
  ...section(both('server/tools#capabilities'), [
    must('tools.capability', 'A server with tools declares them, and one without does not.'),
  ]),
  ...section(in2026('server/tools#capabilities'), [
    must('tools.list', '`tools/list` gives the tools that there are for the caller.'),
    mustNot('tools.list-varies', 'The list depends neither on the connection nor on other requests.'),
    should('tools.order', 'The order of the list is the same each time.'),
  ]),
  ...section(both('server/tools#list-changed-notification'), [
    should('tools.list-changed', 'Who is to hear of it is told that the list has changed.'),
  ]),
  ...section(both('server/tools#tool'), [
    must('tools.input-schema', 'Every tool has an input schema that is an object, also where it takes nothing.'),
  ]),
  ...section(both('server/tools#tool-names'), [
    should('tools.name-length', 'Names are of 1 to 128 characters.'),
    should('tools.name-case', 'Upper and lower case are different in names.'),
    should('tools.name-characters', 'Names are of letters, digits, underscore, hyphen and dot.'),
    shouldNot('tools.name-spaces', 'Names hold no spaces, commas and the like.'),
    should('tools.name-unique', 'No two tools have the same name.'),
  ]),
  ...section(both('server/tools#embedded-resources'), [
    should('tools.embedded-capability', 'Whoever embeds resources offers some.', advice(YOURS, 'embeds a resource')),
  ]),
  ...section(both('server/tools#structured-content'), [
    should('tools.structured-text', 'Structured content stands in a text block too.'),
  ]),
  ...section(both('server/tools#output-schema'), [
    must('tools.output-schema', 'A structured result fits the schema that the tool promised.'),
  ]),
  ...section(both('schema#calltoolresult'), [
    should('tools.errors-in-result', 'What goes wrong in a tool is told in its result, where the model sees it.'),
  ]),
  ...section(both('server/tools#security-considerations'), [
    must('tools.validate-input', 'Arguments are checked before the tool runs.'),
    must('tools.access', 'A tool knows its caller and can refuse.'),
    must('tools.rate-limit', 'How often tools are called is limited.'),
    must('tools.sanitise-output', 'Results lose control characters, and errors their internals.'),
  ]),
  ...section(both('server/tools#user-interaction-model'), [
    should('tools.human', 'A person can say no to a call.', advice(YOURS, 'destructiveHint')),
  ]),
  ...section(in2026('server/tools#x-mcp-header'), [
    mustNot('mirrored.empty', 'The name of a mirrored header is not empty.'),
    must('mirrored.token', 'The name of a mirrored header is a token of HTTP.'),
    mustNot('mirrored.control', 'The name of a mirrored header has no control characters.'),
    must('mirrored.unique', 'No two fields of a tool are mirrored under the same name, whatever its case.'),
    must('mirrored.primitive', 'Only strings, integers and booleans are mirrored.'),
    must('mirrored.safe-integer', 'Mirrored integers are such that every JSON reader can hold them.'),
    must('mirrored.reachable', 'Mirrored fields are found by following `properties` alone.'),
    shouldNot('mirrored.secret', 'No secret is mirrored.', advice(YOURS, '@Header')),
  ]),
];

export const PROMPTS = [
  ...section(both('server/prompts#capabilities'), [
    must('prompts.capability', 'A server with prompts declares them, and one without does not.'),
  ]),
  ...section(in2026('server/prompts#capabilities'), [
    must('prompts.list', '`prompts/list` gives the prompts that there are for the caller.'),
    mustNot('prompts.list-varies', 'The list depends neither on the connection nor on other requests.'),
  ]),
  ...section(both('server/prompts#list-changed-notification'), [
    should('prompts.list-changed', 'Who is to hear of it is told that the list has changed.'),
  ]),
  ...section(both('server/prompts#image-content'), [
    must('prompts.image', 'An image is Base64 and names its MIME type.'),
  ]),
  ...section(both('server/prompts#audio-content'), [
    must('prompts.audio', 'A sound is Base64 and names its MIME type.'),
  ]),
  ...section(both('server/prompts#embedded-resources'), [
    must('prompts.embedded', 'An embedded resource has a URI, a MIME type, and text or Base64.'),
  ]),
  ...section(both('server/prompts#error-handling'), [
    should('prompts.unknown', 'A prompt that does not exist is refused with -32602.'),
    should('prompts.missing-arguments', 'A prompt without what it requires is refused with -32602.'),
    should('prompts.internal', 'What goes wrong inside is answered with -32603.'),
  ]),
  ...section(both('server/prompts#implementation-considerations'), [
    should('prompts.validate', 'Arguments are checked before the prompt is made.'),
    should('prompts.negotiated', 'No prompt asks a client for what it did not declare.'),
  ]),
  ...section(both('server/prompts#security'), [
    must('prompts.injection', 'Arguments that do not fit never reach the prompt.'),
  ]),
];
