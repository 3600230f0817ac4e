import type { ClientCapabilities, InputRequest } from '../../spec.js';
import { declaredBy, extensionRequired } from '../extensions/extension-row.js';
import { TASKS_EXTENSION } from '../messages/meta.js';
import { isObject } from '../messages/parse-message.js';

/** What a client would have had to declare to be asked this; undefined where it declared enough. */
export function missingFor(request: InputRequest, capabilities: ClientCapabilities): ClientCapabilities | undefined {
  switch (request.method) {
    case 'elicitation/create':
      return request.params.mode === 'url'
        ? missingForUrl(capabilities.elicitation)
        : missingForForm(capabilities.elicitation);
    case 'sampling/createMessage': {
      const withTools = request.params.tools !== undefined || request.params.toolChoice !== undefined;
      if (withTools && !isObject(capabilities.sampling?.tools)) return { sampling: { tools: {} } };
      return isObject(capabilities.sampling) ? undefined : { sampling: {} };
    }
    case 'roots/list':
      return isObject(capabilities.roots) ? undefined : { roots: {} };
  }
}

function missingForUrl(elicitation: ClientCapabilities['elicitation']): ClientCapabilities | undefined {
  return isObject(elicitation) && isObject(elicitation['url']) ? undefined : { elicitation: { url: {} } };
}

// `client/elicitation`: a client that names no mode has forms.
function missingForForm(elicitation: ClientCapabilities['elicitation']): ClientCapabilities | undefined {
  if (!isObject(elicitation)) return { elicitation: {} };
  return isObject(elicitation['form']) || elicitation['url'] === undefined ? undefined : { elicitation: { form: {} } };
}

/** Whether the client declared the tasks extension on this request (SEP-2663: on every request anew). */
export function declaresTasks(capabilities: ClientCapabilities): boolean {
  return declaredBy({ capabilities }, TASKS_EXTENSION) !== undefined;
}

export const TASKS_REQUIRED: ClientCapabilities = extensionRequired(TASKS_EXTENSION);
