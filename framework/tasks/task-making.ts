/** A task that is about to be made. */
export interface TaskMaking {
  /** The task's name. */
  readonly task: string;
  /** Of a child: the id of the task that makes it. */
  readonly parent?: string;
  /** W3C trace context of the request, or of the parent. */
  readonly traceparent?: string;
}

/**
 * Runs around the making of every task, in the process that makes it: for a request, a schedule, or as a child, whose parent comes
 * by on every run. What `make` is given is kept with the task as its `traceparent`, in place of the request's.
 */
export type MakingInterceptor = <T>(making: TaskMaking, make: (traceparent?: string) => Promise<T>) => Promise<T>;

/** What is made of, and carries on, a trace. */
type Traced = Pick<TaskMaking, 'traceparent'>;

/** Makes a task inside of the interceptors, the first outermost. */
export function makeTask<T>(
  interceptors: readonly MakingInterceptor[],
  { traceparent: given, ...making }: TaskMaking,
  make: (trace: Traced) => Promise<T>,
): Promise<T> {
  const run = interceptors.reduceRight<(traceparent?: string) => Promise<T>>(
    (inner, interceptor) => (traceparent) =>
      interceptor({ ...making, ...traced(traceparent) }, (changed = traceparent) => inner(changed)),
    (traceparent) => make(traced(traceparent)),
  );
  return run(given);
}

const traced = (traceparent: string | undefined): Traced => (traceparent === undefined ? {} : { traceparent });
