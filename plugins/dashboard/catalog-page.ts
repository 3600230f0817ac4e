import type { App } from 'perdura';
import { html, type Html } from './html.js';
import { lengthOf } from './words.js';

type Row = readonly [name: string, description: string | undefined, more?: string];

/** All that the app offers, and what starts by itself. */
export function catalogPage({ catalog, tasks }: Pick<App, 'catalog' | 'tasks'>): Html {
  const tools = [...catalog.tools.values()];
  const plain = tools.filter(({ task }) => !task);
  const agents = [...catalog.agents.values()];
  return html`<h1>Catalog</h1>
    ${section(
      'Tasks',
      tools
        .filter(({ task }) => task)
        .map(({ name, definition, task }): Row => [
          name,
          definition.description,
          `queue ${task?.queue}, kept for ${lengthOf(task?.ttl ?? 0)}`,
        ]),
    )}
    ${section(
      'Schedules',
      tasks.scheduled.map(({ tool, schedule }): Row => [
        tool,
        schedule.every === undefined ? `${schedule.cron} (${schedule.timeZone})` : `every ${lengthOf(schedule.every)}`,
        `for ${schedule.owner}`,
      ]),
    )}
    ${section(
      'Agents',
      agents.map(({ name, options, tools: own }): Row => [
        name,
        [...own.keys()].join(', ') || 'no tools',
        `at most ${options.maxTurns} turns`,
      ]),
    )}
    ${section(
      'Tools',
      plain.map(({ name, definition }): Row => [name, definition.description]),
    )}
    ${section('Resources', [
      ...[...catalog.resources.values()].map(({ name, uri, definition }): Row => [name, definition.description, uri]),
      ...catalog.templates.map(({ name, definition }): Row => [name, definition.description, definition.uriTemplate]),
    ])}
    ${section(
      'Prompts',
      [...catalog.prompts.values()].map(({ name, definition }): Row => [name, definition.description]),
    )}`;
}

function section(title: string, rows: readonly Row[]): Html {
  if (rows.length === 0) return html``;
  return html`<section>
    <h2>${title} <small>${rows.length}</small></h2>
    <table class="catalog">
      ${rows.map(
        ([name, description, more]) =>
          html`<tr>
            <th scope="row">${name}</th>
            <td>${description}</td>
            <td class="quiet">${more}</td>
          </tr>`,
      )}
    </table>
  </section>`;
}
