import type { ListKind } from '../../catalog/catalog-state.js';
import { isObject } from '../messages/parse-message.js';
import { invalidParams } from '../messages/refusal.js';

/** The lists that a client may hear of, by the name that the filter has for each. */
export const LIST_KINDS = {
  toolsListChanged: 'tools',
  promptsListChanged: 'prompts',
  resourcesListChanged: 'resources',
} as const satisfies Readonly<Record<string, ListKind>>;

export type ListFilter = keyof typeof LIST_KINDS;

/** What a `subscriptions/listen` asks to be told of; without a field, nothing of its kind. */
export interface ListenFilter {
  readonly lists: readonly ListFilter[];
  readonly resources: readonly string[];
  /** Of the tasks extension; undefined where it was not mentioned. */
  readonly taskIds: readonly string[] | undefined;
}

/** Reads the filter; fields that nobody knows ask for what this server does not support, and are left out. */
export function listenFilter(params: Readonly<Record<string, unknown>>): ListenFilter {
  const { notifications } = params;
  if (!isObject(notifications)) throw invalidParams('"notifications" must be an object.');
  const lists = (Object.keys(LIST_KINDS) as ListFilter[]).filter((field) => {
    const wanted = notifications[field];
    if (wanted !== undefined && typeof wanted !== 'boolean') throw invalidParams(`"${field}" must be a boolean.`);
    return wanted === true;
  });
  return {
    lists,
    resources: stringsIn(notifications, 'resourceSubscriptions') ?? [],
    taskIds: stringsIn(notifications, 'taskIds'),
  };
}

function stringsIn(notifications: Readonly<Record<string, unknown>>, field: string): readonly string[] | undefined {
  const given = notifications[field];
  if (given === undefined) return undefined;
  if (Array.isArray(given) && given.every((item): item is string => typeof item === 'string')) return given;
  throw invalidParams(`"${field}" must be an array of strings.`);
}
