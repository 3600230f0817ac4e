import type { Schema } from '../../schema/schema.js';
import { PerduraError } from '../../errors.js';
import type { Revision } from '../../spec.js';
import type { Answer } from '../messages/exchange.js';
import type { Extension, ExtensionMethod, ExtensionRequest } from './extension.js';
import { declaredBy, type ExtensionRow } from './extension-row.js';
import type { Incoming, Method } from '../messages/incoming.js';
import { invalidParams } from '../messages/refusal.js';

/** An extension of a plugin once checked: what its methods take is compiled. */
export interface CheckedExtension {
  readonly extension: Extension;
  /** By method; absent for a method that takes any object. */
  readonly params: ReadonlyMap<string, Schema>;
}

/** What differs between the revisions when a method of an extension is served. */
export interface ExtensionWire<I extends Incoming> {
  readonly revision: Revision;
  answer(incoming: I, result: Readonly<Record<string, unknown>>): Answer;
  /** Calls back where the client no longer waits; returns what forgets it. */
  onCancel(incoming: I, cancel: () => void): () => void;
  /** The answer to a request that was cancelled. */
  readonly cancelled: Answer;
  /** A method for clients alone that declare the extension. */
  forDeclaring(id: string, method: Method<I>): Method<I>;
}

/** The rows of the extensions that a revision has. */
export function extensionRows<I extends Incoming>(
  extensions: readonly CheckedExtension[],
  wire: ExtensionWire<I>,
): readonly ExtensionRow<I>[] {
  return extensions
    .filter(({ extension: { revisions } }) => revisions?.includes(wire.revision) ?? true)
    .map((checked) => {
      const { id, settings = {}, methods = {}, clientMustDeclare = false, fallback } = checked.extension;
      const served = Object.entries(methods).map(([name, method]) => {
        const serve = methodOf(checked, name, method, wire);
        return [name, clientMustDeclare ? wire.forDeclaring(id, serve) : serve] as const;
      });
      const named = Object.entries(methods).flatMap(([name, { namedBy }]) =>
        namedBy === undefined ? [] : [[name, namedBy] as const],
      );
      return { id, settings, methods: new Map(served), namedBy: new Map(named), ...(fallback && { fallback }) };
    });
}

function methodOf<I extends Incoming>(
  { extension, params: schemas }: CheckedExtension,
  name: string,
  method: ExtensionMethod,
  wire: ExtensionWire<I>,
): Method<I> {
  const schema = schemas.get(name);
  return async (incoming) => {
    const { _meta, ...given } = incoming.params;
    const params = schema ? await checked(schema, given) : given;
    const controller = new AbortController();
    let isOver = false;
    const forget = wire.onCancel(incoming, () => controller.abort());
    const request: ExtensionRequest = {
      revision: wire.revision,
      principal: incoming.exchange.principal,
      client: incoming.client,
      declared: declaredBy(incoming.client, extension.id),
      signal: controller.signal,
      notify(method, params) {
        if (!extension.notifications?.includes(method))
          throw PerduraError.of('UNDECLARED_NOTIFICATION', extension.id, method);
        if (!isOver && !controller.signal.aborted)
          incoming.exchange.send({ jsonrpc: '2.0', method, ...(params && { params }) });
      },
    };
    try {
      const result = await method.serve(params, request);
      return controller.signal.aborted ? wire.cancelled : wire.answer(incoming, result);
    } catch (error) {
      // What was given up may throw that it was: nobody waits for its answer.
      if (controller.signal.aborted) return wire.cancelled;
      throw error;
    } finally {
      isOver = true;
      forget();
    }
  };
}

async function checked(schema: Schema, given: unknown): Promise<unknown> {
  const found = await schema.validate(given);
  if (found.ok) return found.value;
  const issues = found.issues.map(({ path, message }) => (path === '' ? message : `${path}: ${message}`));
  throw invalidParams(`Invalid params: ${issues.join('; ')}`);
}
