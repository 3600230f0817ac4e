import type { ResourceEntry } from './catalog.js';
import { uniqueBy } from './names.js';
import { placeOf, type Mistakes } from './mistakes.js';
import type { TemplateDraft } from './resource-entry.js';
import { commonUri } from './uri-overlap.js';
import type { UriTemplate } from './uri-template.js';

/** Takes note of names that two resources share and of URIs that two templates cover; gives the fixed ones by URI. */
export function checkResources(
  resources: readonly ResourceEntry[],
  templates: readonly TemplateDraft[],
  mistakes: Mistakes,
): ReadonlyMap<string, ResourceEntry> {
  uniqueBy(
    [...resources, ...templates.map(({ entry }) => entry)],
    ({ name }) => name,
    (name, first, second) => mistakes.add('DUPLICATE_NAME', 'resource', name, first, second),
  );
  const placeAt = (index: number): string => placeOf((templates[index] as TemplateDraft).entry);
  for (const { first, second, uri } of overlapsOf(templates.map(({ template }) => template))) {
    mistakes.add('OVERLAPPING_TEMPLATES', placeAt(first), placeAt(second), uri);
  }
  // A fixed URI that a template covers too is a special case of it, looked up first, and no mistake.
  return uniqueBy(
    resources,
    ({ uri }) => uri,
    (uri, first, second) => mistakes.add('DUPLICATE_URI', uri, first, second),
  );
}

interface Overlap {
  readonly first: number;
  readonly second: number;
  readonly uri: string;
}

/** The pairs of templates that cover a same URI, in the order of the list. */
function overlapsOf(templates: readonly UriTemplate[]): readonly Overlap[] {
  const sorted = templates
    .map((template, index) => ({ template, index }))
    .sort(({ template: { prefix: a } }, { template: { prefix: b } }) => (a < b ? -1 : Number(a > b)));
  const found: Overlap[] = [];
  for (const [at, one] of sorted.entries()) {
    // Only templates of which one begins as the other does can. In this order they stand right behind each other.
    for (let next = at + 1; sorted[next]?.template.prefix.startsWith(one.template.prefix) === true; next++) {
      const other = sorted[next] ?? one;
      const [first, second] = one.index < other.index ? [one, other] : [other, one];
      const uri = commonUri(first.template, second.template);
      if (uri !== undefined) found.push({ first: first.index, second: second.index, uri });
    }
  }
  return found.sort((a, b) => a.first - b.first || a.second - b.second);
}
