import type { ResourceEntry } from './catalog.js';
import { uniqueBy } from './names.js';
import { placeOf, type Report } from './report.js';
import type { TemplateDraft } from './resource-entry.js';
import { commonUri } from './uri-overlap.js';

/** Takes note of names that two resources share and of URIs that two templates cover; gives the fixed ones by URI. */
export function checkResources(
  resources: readonly ResourceEntry[],
  templates: readonly TemplateDraft[],
  report: Report,
): ReadonlyMap<string, ResourceEntry> {
  uniqueBy(
    [...resources, ...templates.map(({ entry }) => entry)],
    ({ name }) => name,
    (name, first, second) => report.add('DUPLICATE_NAME', 'resource', name, first, second),
  );
  for (const [index, { entry, template }] of templates.entries()) {
    for (const later of templates.slice(index + 1)) {
      const uri = commonUri(template, later.template);
      if (uri !== undefined) report.add('OVERLAPPING_TEMPLATES', placeOf(entry), placeOf(later.entry), uri);
    }
  }
  // A fixed URI that a template covers too is a special case of it, looked up first, and no mistake.
  return uniqueBy(
    resources,
    ({ uri }) => uri,
    (uri, first, second) => report.add('DUPLICATE_URI', uri, first, second),
  );
}
