import { PerduraError } from '../../errors.js';
import type { AgentInterceptor } from '../../metadata/agent-hooks.js';
import type { Awaitable } from '../../metadata/class.js';

/** Runs `work` inside of the interceptors of one kind, the first outermost; `given` is what they see with that input. */
export function around<K extends keyof AgentInterceptor, Input, Output>(
  kind: K,
  interceptors: readonly AgentInterceptor[],
  input: Input,
  { see, work }: { see(input: Input): unknown; work(input: Input): Promise<Output> },
): Promise<Output> {
  const run = interceptors.reduceRight<(input: Input) => Promise<Output>>((inner, interceptor) => {
    if (interceptor[kind] === undefined) return inner;
    const hook = interceptor[kind].bind(interceptor) as (
      seen: unknown,
      next: (input?: Input) => Promise<Output>,
    ) => Awaitable<Output>;
    return async (given) => {
      let isCalled = false;
      const next = async (changed = given): Promise<Output> => {
        // A question to a client has one key and one answer.
        if (isCalled) throw PerduraError.of('NEXT_TWICE', kind);
        isCalled = true;
        return inner(changed);
      };
      return hook(see(given), next);
    };
  }, work);
  return run(input);
}
