import type { Declaration } from '../metadata/declaration.js';
import type { Tool } from '../spec.js';
import type { ToolEntry } from './catalog.js';
import { published } from './definition.js';
import { checkName } from './names.js';
import { NO_INPUT } from './no-input.js';
import { placeOf, type Mistakes } from './mistakes.js';
import { scopesOf } from './scopes.js';
import type { Shapes } from './shapes.js';
import { taskSettings } from './task-settings.js';

/** A tool or task as the catalog holds it; a shape with mistakes is taken note of and stands in as none. */
export function toolEntry(
  declaration: Extract<Declaration, { kind: 'tool' | 'task' }>,
  shapes: Shapes,
  mistakes: Mistakes,
): ToolEntry {
  const { target, member, options } = declaration;
  const { name, title, description, icons, annotations, _meta, approval, onCrash } = options;
  const place = placeOf(declaration);
  checkName('tool', name, declaration, mistakes);
  const input = (options.input && shapes.compile(options.input, 'input', `The input of ${place}`)) ?? NO_INPUT;
  const output = options.output && shapes.compile(options.output, 'output', `The output of ${place}`);
  return Object.freeze({
    kind: 'tool',
    name,
    target,
    member,
    ...scopesOf(declaration, options.scopes, mistakes),
    input,
    ...(output && { output }),
    ...(declaration.kind === 'task' && { task: taskSettings(declaration, input, mistakes) }),
    ...(approval !== undefined && { approval }),
    ...(onCrash && { onCrash }),
    definition: published<Tool>({
      name,
      title,
      description,
      icons,
      inputSchema: input.json,
      outputSchema: output?.json,
      annotations,
      _meta,
    }),
  });
}
