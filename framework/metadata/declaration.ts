import type { AgentOptions, PromptOptions, ResourceOptions, TaskOptions, ToolOptions } from './options.js';
import type { Class } from './class.js';

/** Where a decorator stands. */
export interface Place {
  /** The class that carries the decorator, or whose method does. */
  readonly target: Class;
  /** The method that serves the call; empty for an agent, which has none. */
  readonly member: string;
  /** Where the decorator stands: on the class, on the method itself or, a mistake, on a static method. */
  readonly on: 'class' | 'method' | 'static';
}

interface Declared<Kind extends string, Options> extends Place {
  readonly kind: Kind;
  readonly options: Options;
}

/** The frozen record that a decorator leaves on a class. */
export type Declaration =
  | Declared<'tool', ToolOptions>
  | Declared<'task', TaskOptions>
  | Declared<'resource', ResourceOptions>
  | Declared<'prompt', PromptOptions>
  | Declared<'agent', AgentOptions>;
