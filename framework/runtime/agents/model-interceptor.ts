/** A request that an agent in this process makes of its model. */
export interface AskedModel {
  /** The call, or the task, in which it is made. */
  readonly callId: string;
  /** The turn that it is made for: the key of its {@link AgentEvent}s. */
  readonly key: string;
  /** The agent's name. */
  readonly agent: string;
}

/**
 * Runs around every request that agents make of their models, those of a list that are asked one after the other included. It sees
 * neither the request nor the answer, and is for what must be there meanwhile, such as the context of a trace.
 */
export type ModelInterceptor = <T>(asked: AskedModel, ask: () => Promise<T>) => Promise<T>;

/** All of them as one, the first outermost; undefined where there are none. */
export function aroundModels(interceptors: readonly ModelInterceptor[]): ModelInterceptor | undefined {
  if (interceptors.length === 0) return undefined;
  return <T>(asked: AskedModel, ask: () => Promise<T>) =>
    interceptors.reduceRight<() => Promise<T>>((inner, around) => () => around(asked, inner), ask)();
}
