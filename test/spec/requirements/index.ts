import { CACHING, COMPLETION, PAGINATION, RESOURCES } from './resources.js';
import { CANCELLATION, LOGGING, PROGRESS } from './calls.js';
import { ELICITATION, ROOTS, ROUNDS, SAMPLING } from './asking.js';
import { HTTP, STDIO, SUBSCRIPTIONS } from './http.js';
import { AUTHORIZATION } from './authorization.js';
import { MESSAGES } from './messages.js';
import { OPENING } from './opening.js';
import type { Requirement } from './requirement.js';
import { PROMPTS, TOOLS } from './tools.js';
import { TASKS_2025 } from './tasks-2025-11-25.js';
import { TASKS_EXTENSION } from './tasks-extension.js';

/** All that 2025-11-25, 2026-07-28 and the tasks extension ask of a server by MUST and SHOULD, by area. */
export const REQUIREMENTS = {
  messages: MESSAGES,
  opening: OPENING,
  tools: TOOLS,
  resources: RESOURCES,
  prompts: PROMPTS,
  completion: COMPLETION,
  pagination: PAGINATION,
  caching: CACHING,
  logging: LOGGING,
  progress: PROGRESS,
  cancellation: CANCELLATION,
  rounds: ROUNDS,
  elicitation: ELICITATION,
  sampling: SAMPLING,
  roots: ROOTS,
  http: HTTP,
  stdio: STDIO,
  subscriptions: SUBSCRIPTIONS,
  tasks: [...TASKS_2025, ...TASKS_EXTENSION],
  authorization: AUTHORIZATION,
} satisfies Readonly<Record<string, readonly Requirement[]>>;
