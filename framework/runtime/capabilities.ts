import { PerduraError } from '../errors.js';
import type { ClientCapabilities, InputRequest } from '../spec.js';
import type { Client } from './context.js';

/** What a question to the client needs, as the specification writes it in capabilities. */
export type Needed = 'sampling' | 'sampling.tools' | 'elicitation' | 'elicitation.url' | 'roots';

/** What no object declares is not declared: a client may send anything. */
const has = (declared: unknown): declared is object => typeof declared === 'object' && declared !== null;

const HAS: Readonly<Record<Needed, (capabilities: ClientCapabilities) => boolean>> = {
  sampling: ({ sampling }) => has(sampling),
  'sampling.tools': ({ sampling }) => has(sampling) && has(sampling.tools),
  // An empty object means form mode; one that names only `url` means that there is none.
  elicitation: ({ elicitation }) => has(elicitation) && (has(elicitation.form) || elicitation.url === undefined),
  'elicitation.url': ({ elicitation }) => has(elicitation) && has(elicitation.url),
  roots: ({ roots }) => has(roots),
};

/** The capabilities object that a client should have sent, for `data.requiredCapabilities` of -32021. */
export const REQUIRED: Readonly<Record<Needed, ClientCapabilities>> = {
  sampling: { sampling: {} },
  'sampling.tools': { sampling: { tools: {} } },
  elicitation: { elicitation: { form: {} } },
  'elicitation.url': { elicitation: { url: {} } },
  roots: { roots: {} },
};

export function canBeAsked({ capabilities }: Pick<Client, 'capabilities'>, needed: Needed): boolean {
  return HAS[needed](capabilities);
}

/** Whether the client declared what it takes to be asked this. */
export const canAnswer = (client: Pick<Client, 'capabilities'>, request: InputRequest): boolean =>
  canBeAsked(client, neededFor(request));

function neededFor({ method, params }: InputRequest): Needed {
  switch (method) {
    case 'elicitation/create':
      return params.mode === 'url' ? 'elicitation.url' : 'elicitation';
    case 'sampling/createMessage':
      return params.tools === undefined && params.toolChoice === undefined ? 'sampling' : 'sampling.tools';
    case 'roots/list':
      return 'roots';
  }
}

/** @throws PerduraError `CLIENT_CANNOT` where the client did not declare what the question needs */
export function requireCapability(client: Client, needed: Needed, what: string): void {
  if (!canBeAsked(client, needed)) throw PerduraError.of('CLIENT_CANNOT', what, needed);
}
