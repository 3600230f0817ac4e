import type { Declaration } from '../metadata/declaration.js';
import type { Completer } from '../metadata/options.js';
import type { Resource, ResourceTemplate } from '../spec.js';
import type { ResourceEntry, ResourceTemplateEntry } from './catalog.js';
import { checkCompletions } from './completions.js';
import { published } from './definition.js';
import { checkName } from './names.js';
import { placeOf, type Mistakes } from './mistakes.js';
import { scopesOf } from './scopes.js';
import { uriTemplate, type UriTemplate } from './uri-template.js';
import { isUriText, MOST_CHARACTERS, parseTemplate } from './uri-template-syntax.js';

type ResourceDeclaration = Extract<Declaration, { kind: 'resource' }>;

/** A template's entry, and the template itself to compare with others. */
export interface TemplateDraft {
  readonly entry: ResourceTemplateEntry;
  readonly template: UriTemplate;
}

/** A resource as the catalog holds it; undefined, and taken note of, where nothing says which URIs it serves. */
export function resourceEntry(
  declaration: ResourceDeclaration,
  mistakes: Mistakes,
): ResourceEntry | TemplateDraft | undefined {
  const { uri, uriTemplate: template, name } = declaration.options;
  checkName('resource', name, declaration, mistakes);
  if ((uri === undefined) === (template === undefined)) {
    mistakes.add('URI_OR_TEMPLATE', placeOf(declaration), uri === undefined ? 'neither' : 'both');
    return undefined;
  }
  return uri === undefined
    ? templateEntry(declaration, template ?? '', mistakes)
    : fixedEntry(declaration, uri, mistakes);
}

function fixedEntry(declaration: ResourceDeclaration, uri: string, mistakes: Mistakes): ResourceEntry {
  const { target, member, options } = declaration;
  const { name, title, description, icons, mimeType, annotations, size, _meta } = options as typeof options & {
    size?: number;
  };
  const problem = problemOf(uri);
  if (problem !== undefined) mistakes.add('ILLEGAL_URI', placeOf(declaration), uri, problem);
  checkCompletions(placeOf(declaration), options.complete, [], mistakes);
  return Object.freeze({
    kind: 'resource',
    name,
    target,
    member,
    ...scopesOf(declaration, options.scopes, mistakes),
    uri,
    definition: published<Resource>({ uri, name, title, description, icons, mimeType, annotations, size, _meta }),
  });
}

function templateEntry(declaration: ResourceDeclaration, text: string, mistakes: Mistakes): TemplateDraft | undefined {
  const { target, member, options } = declaration;
  const { name, title, description, icons, mimeType, annotations, _meta } = options;
  const parts = parseTemplate(text);
  if (typeof parts === 'string') {
    mistakes.add('ILLEGAL_URI_TEMPLATE', placeOf(declaration), text, parts);
    return undefined;
  }
  const template = uriTemplate(parts);
  const complete = (options.complete ?? {}) as Readonly<Record<string, Completer>>;
  checkCompletions(placeOf(declaration), complete, template.variables, mistakes);
  const entry: ResourceTemplateEntry = Object.freeze({
    kind: 'template',
    name,
    target,
    member,
    ...scopesOf(declaration, options.scopes, mistakes),
    match: (uri: string) => template.match(uri),
    complete: Object.freeze({ ...complete }),
    definition: published<ResourceTemplate>({
      uriTemplate: text,
      name,
      title,
      description,
      icons,
      mimeType,
      annotations,
      _meta,
    }),
  });
  return { entry, template };
}

function problemOf(uri: unknown): string | undefined {
  if (typeof uri !== 'string') return 'is no text';
  if (/[{}]/.test(uri)) return 'has braces, which only a uriTemplate may have';
  if (uri.length > MOST_CHARACTERS) return `has more than ${MOST_CHARACTERS} characters`;
  return isUriText(uri) && URL.canParse(uri) ? undefined : 'is not an absolute URI';
}
