import type { Declaration } from '../metadata/declaration.js';
import type { Completer } from '../metadata/options.js';
import type { Prompt } from '../spec.js';
import type { PromptEntry } from './catalog.js';
import { checkCompletions, completerOf } from './completions.js';
import { published } from './definition.js';
import { checkName } from './names.js';
import { NO_INPUT } from './no-input.js';
import { promptArguments } from './prompt-arguments.js';
import { placeOf, type Mistakes } from './mistakes.js';
import { scopesOf } from './scopes.js';
import type { Shapes } from './shapes.js';

/** A prompt as the catalog holds it, its arguments read from its input's schema. */
export function promptEntry(
  declaration: Extract<Declaration, { kind: 'prompt' }>,
  shapes: Shapes,
  mistakes: Mistakes,
): PromptEntry {
  const { target, member, options } = declaration;
  const { name, title, description, icons, _meta } = options;
  const place = placeOf(declaration);
  checkName('prompt', name, declaration, mistakes);
  const compiled = options.input && shapes.compile(options.input, 'input', `The input of ${place}`);
  const input = compiled ?? NO_INPUT;
  const known = promptArguments(input.json);
  for (const argument of known) {
    if (!argument.acceptsString) mistakes.add('PROMPT_ARGUMENT', place, argument.name);
  }
  // `prompts/list` names each argument: a union of objects has no one list of them.
  if (input.json['properties'] === undefined && ['oneOf', 'anyOf', 'allOf'].some((keyword) => keyword in input.json)) {
    mistakes.add('INPUT_NOT_OBJECT', `of ${place}`);
  }
  const isBroken = options.input !== undefined && compiled === undefined;
  const given = (options.complete ?? {}) as Readonly<Record<string, Completer>>;
  // Nothing is known of the arguments of a broken shape, so nothing is said of their completers.
  if (!isBroken) {
    checkCompletions(
      place,
      given,
      known.map((argument) => argument.name),
      mistakes,
    );
  }
  const enumerated = known.flatMap(({ name: argument, values }) => (values ? [[argument, completerOf(values)]] : []));
  return Object.freeze({
    kind: 'prompt',
    name,
    target,
    member,
    ...scopesOf(declaration, options.scopes, mistakes),
    input,
    complete: Object.freeze({ ...Object.fromEntries(enumerated), ...given }) as Readonly<Record<string, Completer>>,
    definition: published<Prompt>({
      name,
      title,
      description,
      icons,
      arguments:
        known.length === 0
          ? undefined
          : known.map((argument) => ({
              name: argument.name,
              title: argument.title,
              description: argument.description,
              required: argument.required,
            })),
      _meta,
    }),
  });
}
