import type { Client } from '../../runtime/context.js';
import { ANONYMOUS } from '../../runtime/principal.js';
import type { ClientCapabilities, Implementation } from '../../spec.js';
import { errorAnswer, resultAnswer } from '../messages/answer.js';
import { capabilities2025, offerOf } from '../features/capabilities.js';
import { isImplementation } from '../messages/implementation.js';
import { extensions2025 } from './extensions.js';
import { REVISION_2025 } from './incoming.js';
import { CODE } from '../messages/json-rpc.js';
import { methods2025 } from './methods.js';
import { isObject } from '../messages/parse-message.js';
import type { Protocol, ProtocolHost } from '../protocol.js';
import type { Caller } from '../features/scopes.js';
import { Session2025 } from './session.js';

/**
 * Revisions that a session may agree on. What 2025-11-25 adds to 2025-06-18 is optional and unknown to its clients, so both are
 * served alike. 2025-03-26 would need batches, and its clients are offered 2025-11-25.
 */
const SESSION_VERSIONS: readonly string[] = [REVISION_2025, '2025-06-18'];

/** The most characters of what a client says of itself: a session keeps that for as long as it lives, and there are many. */
const MOST_OF_CLIENT = 16 * 1024;

/** What is kept of it, without the icons where they take too much; undefined for what would take too much all the same. */
function keptOf(client: Client & { readonly info: Implementation }): Client | undefined {
  const isTooMuch = (kept: Client): boolean => JSON.stringify(kept).length > MOST_OF_CLIENT;
  if (!isTooMuch(client)) return client;
  const { icons: _, ...info } = client.info;
  const without = { ...client, info };
  return isTooMuch(without) ? undefined : without;
}

/** Of a request that is over, who sent it: it must not be kept for as long as its session. */
const callerOf = ({ principal, headers }: Caller): Caller => ({
  principal,
  ...(headers && { headers: {} }),
});

/** Opens sessions (2025-11-25 `basic/lifecycle`). Everything but the agreed version is serialised once. */
export function initializer(host: ProtocolHost): Pick<Protocol, 'initialize' | 'restore'> {
  const extensions = extensions2025(host);
  const served = (canListTasks: boolean) => {
    const { identity: serverInfo, instructions } = host;
    const made = () => {
      const offer = offerOf(host.whole);
      const capabilities = capabilities2025(offer, canListTasks, extensions);
      return { offer, rest: JSON.stringify({ capabilities, serverInfo, instructions }).slice(1) };
    };
    const methods = methods2025(host, canListTasks, extensions);
    const current = { methods, ...made() };
    host.onChange(({ kind }) => kind === 'resource' || Object.assign(current, made()));
    return current;
  };
  const identified = served(true);
  const unidentified = served(false);

  // A process that was started for one client knows who calls, without authorization; an endpoint does not.
  const servedTo = ({ headers, principal }: Caller) =>
    headers !== undefined && principal.owner === ANONYMOUS.owner ? unidentified : identified;

  const initialize: Protocol['initialize'] = ({ id, params = {} }, exchange) => {
    const { protocolVersion: asked, capabilities, clientInfo: info } = params;
    if (typeof asked !== 'string' || !isObject(capabilities) || !isImplementation(info)) {
      const message = 'initialize needs a "protocolVersion", "capabilities" and a "clientInfo" with name and version.';
      return { answer: errorAnswer(id, { code: CODE.invalidParams, message }) };
    }
    const client = keptOf({ info, capabilities: capabilities as ClientCapabilities });
    if (!client) {
      const message = `"clientInfo" and "capabilities" may have ${MOST_OF_CLIENT} characters together, beside icons.`;
      return { answer: errorAnswer(id, { code: CODE.invalidParams, message }) };
    }
    const protocolVersion = SESSION_VERSIONS.includes(asked) ? asked : REVISION_2025;
    const { methods, offer, rest } = servedTo(exchange);
    const state = { protocolVersion, client };
    return {
      answer: resultAnswer(id, `{"protocolVersion":"${protocolVersion}",${rest}`),
      session: new Session2025({ caller: callerOf(exchange), state, methods, offer, host }),
    };
  };
  return {
    initialize,
    restore: (state, exchange) => {
      const { methods, offer } = servedTo(exchange);
      return new Session2025({ caller: callerOf(exchange), state, methods, offer, host });
    },
  };
}
