import { setTimeout as delay } from 'node:timers/promises';
import type { SamplingModel } from './model.js';

/** The same model, as slow as a real one that answers one request at a time: each takes `milliseconds` longer. */
export function slowly(model: SamplingModel, milliseconds: number): SamplingModel {
  let last: Promise<unknown> = Promise.resolve();
  return (request) => {
    const answer = last.then(() => delay(milliseconds)).then(() => model(request));
    last = answer.catch(() => undefined);
    return answer;
  };
}
