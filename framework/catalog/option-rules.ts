import type { Declaration } from '../metadata/declaration.js';
import type {
  AgentOptions,
  FixedResourceOptions,
  PromptOptions,
  TaskOptions,
  ToolOptions,
} from '../metadata/options.js';
import { isObject, NotJson, toJson } from '../schema/plain.js';

/** What an option of a decorator must be. */
export interface OptionRule {
  /** The end of the sentence "Let it be ...". */
  readonly rule: string;
  readonly required?: true;
  holds(given: unknown): boolean;
}

type Rules<Options> = { readonly [K in keyof Required<Options>]: OptionRule };

const isText = (given: unknown): given is string => typeof given === 'string';
const isFilled = (given: unknown): boolean => isText(given) && given.trim() !== '';
const isFlag = (given: unknown): boolean => typeof given === 'boolean';
const isFunction = (given: unknown): boolean => typeof given === 'function';
const isListOf = (given: unknown, holds: (one: unknown) => boolean): boolean =>
  Array.isArray(given) && given.every(holds);
/** Whether every field that is there holds. */
const fits = (given: unknown, fields: Readonly<Record<string, (value: unknown) => boolean>>): boolean =>
  isObject(given) && Object.entries(fields).every(([name, holds]) => given[name] === undefined || holds(given[name]));

const oneOf = (...values: readonly string[]): OptionRule => ({
  rule: values.map((value) => `'${value}'`).join(' or '),
  holds: (given) => values.includes(given as string),
});

/** Another check tells of it. */
const ELSEWHERE: OptionRule = { rule: '', holds: () => true };
const TEXT: OptionRule = { rule: 'text', holds: isText };
const FLAG: OptionRule = { rule: 'true or false', holds: isFlag };
const OBJECT: OptionRule = { rule: 'an object', holds: isObject };
const LIST: OptionRule = { rule: 'a list', holds: Array.isArray };
const SHAPE: OptionRule = {
  rule: 'a class with class-validator decorators, a Standard Schema (zod, valibot, arktype) or jsonSchema({ ... })',
  holds: (given) => given !== null && (typeof given === 'object' || typeof given === 'function'),
};
const DESCRIPTION: OptionRule = {
  ...{ rule: 'text that says what it does and when to use it: models choose by it', required: true },
  holds: isFilled,
};
/** Of any other scheme clients must not load icons (`basic`, "Icons"). */
const ICON = /^(?:https?:\/\/|data:)./i;
export const ICONS: OptionRule = {
  rule: "a list of { src, mimeType?, sizes?, theme? }, src an https: or data: URI and the theme 'light' or 'dark'",
  holds: (given) =>
    isListOf(
      given,
      (icon) =>
        fits(icon, {
          mimeType: isText,
          sizes: (sizes) => isListOf(sizes, isText),
          theme: (theme) => theme === 'light' || theme === 'dark',
        }) && ICON.test(String((icon as { src?: unknown }).src)),
    ),
};
const META: OptionRule = { rule: 'an object that JSON can carry', holds: (given) => isObject(given) && isJson(given) };
const HINTS: OptionRule = {
  rule: 'an object of readOnlyHint, destructiveHint, idempotentHint and openWorldHint, true or false each, and a title',
  holds: (given) =>
    fits(given, {
      ...{
        title: isText,
        readOnlyHint: isFlag,
        destructiveHint: isFlag,
        idempotentHint: isFlag,
        openWorldHint: isFlag,
      },
    }),
};
/** ISO 8601 with an offset, as the official schemas have it. */
const MOMENT = /^\d{4}-\d\d-\d\dT\d\d:\d\d(?::\d\d(?:\.\d+)?)?(?:Z|[+-]\d\d:\d\d)$/;
/** Whether they can stand beside a resource or a piece of content: clients refuse the whole of an answer with any other. */
export const isAnnotations = (given: unknown): boolean =>
  fits(given, {
    audience: (roles) => isListOf(roles, (role) => role === 'user' || role === 'assistant'),
    priority: (priority) => typeof priority === 'number' && priority >= 0 && priority <= 1,
    lastModified: (moment) => isText(moment) && MOMENT.test(moment) && !Number.isNaN(Date.parse(moment)),
  });
const ANNOTATIONS: OptionRule = {
  rule: "an object of audience (a list of 'user' and 'assistant'), priority (0 to 1) and lastModified ('2026-01-31T12:00:00Z')",
  holds: isAnnotations,
};
const COMPLETERS: OptionRule = {
  rule: 'an object of functions, by the names of what they complete',
  holds: (given) => isObject(given) && Object.values(given).every((one) => one === undefined || isFunction(one)),
};

const DESCRIBED = {
  ...{ name: ELSEWHERE, title: TEXT, description: TEXT, icons: ICONS, _meta: META },
  scopes: { rule: "a list of texts, such as ['files:read']", holds: (given: unknown) => isListOf(given, isText) },
};

const TOOL: Rules<ToolOptions> = {
  ...DESCRIBED,
  ...{ description: DESCRIPTION, input: SHAPE, output: SHAPE, annotations: HINTS },
  approval: { rule: 'true, false, or a function of the input', holds: (given) => isFlag(given) || isFunction(given) },
  onCrash: oneOf('retry', 'fail', 'ask'),
};

const TASK: Rules<TaskOptions> = {
  ...TOOL,
  ...{ ttl: ELSEWHERE, pollInterval: ELSEWHERE, timeout: ELSEWHERE, stepTimeout: ELSEWHERE, resultTtl: ELSEWHERE },
  ...{ attempts: ELSEWHERE, concurrency: ELSEWHERE, priority: ELSEWHERE, hold: ELSEWHERE },
  ...{ idempotencyKey: ELSEWHERE, onChange: ELSEWHERE },
  ...{ budget: OBJECT, queue: TEXT, attached: FLAG, support: oneOf('optional', 'required') },
  backoff: {
    rule: "{ base, factor, max } or a list such as ['1s', '10s']",
    holds: (given) => isObject(given) || Array.isArray(given),
  },
  schedule: {
    rule: 'an object with cron (text) or every, and with the name of the owner',
    holds: (given) => fits(given, { cron: isText }) && isText((given as { owner?: unknown }).owner),
  },
};

const RESOURCE: Rules<FixedResourceOptions> = {
  ...DESCRIBED,
  ...{ uri: ELSEWHERE, uriTemplate: ELSEWHERE, mimeType: TEXT, annotations: ANNOTATIONS, complete: COMPLETERS },
  size: { rule: 'a number of bytes', holds: (given) => Number.isSafeInteger(given) && (given as number) >= 0 },
};

const PROMPT: Rules<PromptOptions> = {
  ...DESCRIBED,
  ...{ description: DESCRIPTION, input: SHAPE, complete: COMPLETERS },
};

const isModel = (given: unknown): boolean => given === 'client' || isFunction(given);

const AGENT: Rules<AgentOptions> = {
  ...{ name: TEXT, description: TEXT, tools: LIST, handoffs: LIST, budget: OBJECT, modelPreferences: OBJECT },
  ...{ maxTurns: ELSEWHERE, maxTokens: ELSEWHERE, concurrency: ELSEWHERE, toolTimeout: ELSEWHERE },
  instructions: { rule: 'text that says who it is and what it does', required: true, holds: isFilled },
  intercept: { rule: 'a list of interceptors: { turn?, tool? }', holds: (given) => isListOf(given, isObject) },
  context: { rule: 'a function, such as trim(...)', holds: isFunction },
  temperature: { rule: 'a number', holds: Number.isFinite },
  model: {
    rule: "a model, 'client', or a list of these",
    holds: (given) => isModel(given) || (isListOf(given, isModel) && (given as unknown[]).length > 0),
  },
};

/**
 * What each option of each decorator must be, for code that no compiler checked: one wrong field in a list, and clients refuse the
 * whole of it. By hand, because the official schemas cost a start 40 ms.
 */
export const OPTION_RULES: Readonly<Record<Declaration['kind'], Readonly<Record<string, OptionRule>>>> = {
  ...{ tool: TOOL, task: TASK, resource: RESOURCE, prompt: PROMPT, agent: AGENT },
};

function isJson(value: unknown): boolean {
  try {
    toJson(value);
    return true;
  } catch (error) {
    if (error instanceof NotJson) return false;
    throw error;
  }
}
