import { PerduraError } from '../errors.js';
import type { ClientCapabilities } from '../spec.js';
import type { Client } from './context.js';

/** What a question to the client needs, as the specification writes it in capabilities. */
export type Needed = 'sampling' | 'sampling.tools' | 'elicitation' | 'elicitation.url' | 'roots';

const HAS: Readonly<Record<Needed, (capabilities: ClientCapabilities) => boolean>> = {
  sampling: ({ sampling }) => sampling !== undefined,
  'sampling.tools': ({ sampling }) => sampling?.tools !== undefined,
  // An empty object means form mode; one that names only `url` means that there is none.
  elicitation: ({ elicitation }) => elicitation !== undefined && (elicitation.form !== undefined || !elicitation.url),
  'elicitation.url': ({ elicitation }) => elicitation?.url !== undefined,
  roots: ({ roots }) => roots !== undefined,
};

/** The capabilities object that a client should have sent, for `data.requiredCapabilities` of -32021. */
export const REQUIRED: Readonly<Record<Needed, ClientCapabilities>> = {
  sampling: { sampling: {} },
  'sampling.tools': { sampling: { tools: {} } },
  elicitation: { elicitation: { form: {} } },
  'elicitation.url': { elicitation: { url: {} } },
  roots: { roots: {} },
};

export function canBeAsked({ capabilities }: Client, needed: Needed): boolean {
  return HAS[needed](capabilities);
}

/** @throws PerduraError `CLIENT_CANNOT` where the client did not declare what the question needs */
export function requireCapability(client: Client, needed: Needed, what: string): void {
  if (!canBeAsked(client, needed)) throw PerduraError.of('CLIENT_CANNOT', what, needed);
}
