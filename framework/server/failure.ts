import { randomUUID } from 'node:crypto';
import { errorAnswer } from '../protocol/messages/answer.js';
import type { Answer } from '../protocol/messages/exchange.js';
import { CODE } from '../protocol/messages/json-rpc.js';
import type { RequestId } from '../spec.js';
import type { App } from './app.js';

/** The answer where serving itself failed: the client gets a reference, and the app's `report` the error under the same one. */
export function failureAnswer(app: Pick<App, 'report'>, id: RequestId | undefined, error: unknown): Answer {
  const reference = randomUUID();
  app.report(error, reference);
  return errorAnswer(id, { code: CODE.internalError, message: `Internal error (reference ${reference})` }, 500);
}
