import { statSync } from 'node:fs';
import { resolve } from 'node:path';
import { parseArgs } from 'node:util';

export type Era = '2025-11-25' | '2026-07-28';

export interface DemoOptions {
  readonly question: string;
  readonly era: Era;
  readonly stdio: boolean;
  readonly json: boolean;
  /** Whether the run shows its task in a browser, and goes on until it is stopped. */
  readonly look: boolean;
  /** An absolute path; undefined for the documentation under `node_modules`. */
  readonly library?: string;
  /** A model behind an OpenAI-compatible URL; undefined for the extractive one. */
  readonly model?: { readonly name: string; readonly url: string };
  /** The Redis that the server's processes share: one of the run's own, or the one at a URL. Undefined for one process. */
  readonly redis?: string;
  /** How many processes run tasks; 0 where the server does its own work. */
  readonly workers: number;
  /** Whether they are killed at random. */
  readonly chaos: boolean;
}

/** The value of `redis` for one that is started for the run. */
export const OWN_REDIS = 'own';

export const HELP = `Usage: npm run demo -- "QUESTION" [options]

Starts the research server, asks it the question as an MCP client and prints the report.

  --era REVISION    2025-11-25 or 2026-07-28 (default)
  --stdio           speak over stdio instead of HTTP
  --library DIR     the folder of Markdown and text to research (default: the documentation in node_modules)
  --model NAME      answer the server's agents with this model, instead of the built-in extractive one
  --model-url URL   where the model is: an OpenAI-compatible base URL, such as http://127.0.0.1:11434/v1
                    (its key is read from OPENAI_API_KEY)
  --redis [URL]     keep tasks in Redis, for workers to run: in the one at the URL, or in one started for the run
  --workers N       how many worker processes (default: 2; implies --redis)
  --chaos           kill one of the workers, whichever, every second while the report is written (implies --redis)
  --look            show the task in your browser while it runs, and stay until Ctrl-C
  --json            print one line of JSON instead of the report
  --help            show this
`;

/** A mistake on the command line; its message is one sentence that says what to change. */
export class UsageError extends Error {
  override readonly name = 'UsageError';
}

/** Reads the command line. Undefined where it asks for help; throws {@link UsageError} where it cannot be followed. */
export function readOptions(args: readonly string[]): DemoOptions | undefined {
  const { values, positionals } = parse(args);
  if (values.help === true) return undefined;
  const [question = '', ...rest] = positionals.map((text) => text.trim());
  if (question === '')
    throw new UsageError('There is no question: pass it in quotes, as in npm run demo -- "QUESTION".');
  if (rest.length > 0) throw new UsageError('There is more than one question: put the whole question in quotes.');
  if (question.length > 500) throw new UsageError('The question is longer than 500 characters: shorten it.');
  const { era = '2026-07-28', model, 'model-url': url } = values;
  if (era !== '2025-11-25' && era !== '2026-07-28') {
    throw new UsageError(`There is no era "${era}": use 2025-11-25 or 2026-07-28.`);
  }
  if ((model === undefined) !== (url === undefined)) throw new UsageError('Give --model and --model-url together.');
  if (url !== undefined && !(URL.canParse(url) && /^https?:$/u.test(new URL(url).protocol))) {
    throw new UsageError(`"${url}" is no HTTP URL: give --model-url one such as http://127.0.0.1:11434/v1.`);
  }
  if (values.look === true && values.stdio === true) {
    throw new UsageError('Over stdio there is no page to look at: leave out --look or --stdio.');
  }
  const redis = values.redis ?? (values.chaos === true || values.workers !== undefined ? OWN_REDIS : undefined);
  return {
    question,
    era,
    stdio: values.stdio === true,
    json: values.json === true,
    look: values.look === true,
    chaos: values.chaos === true,
    workers: redis === undefined ? 0 : count(values.workers ?? '2'),
    ...(redis !== undefined && { redis: redisAt(redis) }),
    ...(values.library !== undefined && { library: folder(values.library) }),
    ...(model !== undefined && url !== undefined && { model: { name: model, url } }),
  };
}

function parse(args: readonly string[]) {
  try {
    return parseArgs({
      // Its URL may be left out, which node:util has no word for.
      args: args.map((arg, at) => (arg === '--redis' && !isRedisUrl(args[at + 1]) ? `--redis=${OWN_REDIS}` : arg)),
      allowPositionals: true,
      options: {
        era: { type: 'string' },
        stdio: { type: 'boolean' },
        json: { type: 'boolean' },
        look: { type: 'boolean' },
        library: { type: 'string' },
        model: { type: 'string' },
        'model-url': { type: 'string' },
        redis: { type: 'string' },
        workers: { type: 'string' },
        chaos: { type: 'boolean' },
        help: { type: 'boolean', short: 'h' },
      },
    });
  } catch (error) {
    // Node's messages run over several sentences; the first names the option.
    const [first] = (error as Error).message.split(/\.\s/u);
    throw new UsageError(`${first?.replace(/\.$/u, '') ?? 'The options cannot be read'}: see --help.`);
  }
}

function isRedisUrl(given = ''): boolean {
  return URL.canParse(given) && /^rediss?:$/u.test(new URL(given).protocol);
}

function redisAt(given: string): string {
  if (given === OWN_REDIS || isRedisUrl(given)) return given;
  throw new UsageError(`"${given}" is no URL of a Redis: give --redis one such as redis://127.0.0.1:6379.`);
}

function count(given: string): number {
  if (/^([1-9]|1\d|20)$/u.test(given)) return Number(given);
  throw new UsageError(`"${given}" workers cannot be: give --workers a number from 1 to 20.`);
}

function folder(given: string): string {
  // npm runs scripts in the package's folder; INIT_CWD is where the person stood.
  const path = resolve(process.env.INIT_CWD ?? process.cwd(), given);
  if (statSync(path, { throwIfNoEntry: false })?.isDirectory() !== true) {
    throw new UsageError(`There is no folder "${given}": give --library one that exists.`);
  }
  return path;
}
