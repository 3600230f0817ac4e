import { statSync } from 'node:fs';
import { resolve } from 'node:path';
import { parseArgs } from 'node:util';

export type Era = '2025-11-25' | '2026-07-28';

export interface DemoOptions {
  readonly question: string;
  readonly era: Era;
  readonly stdio: boolean;
  readonly json: boolean;
  /** An absolute path; undefined for the documentation under `node_modules`. */
  readonly library?: string;
  /** A model behind an OpenAI-compatible URL; undefined for the extractive one. */
  readonly model?: { readonly name: string; readonly url: string };
}

export const HELP = `Usage: npm run demo -- "QUESTION" [options]

Starts the research server, asks it the question as an MCP client and prints the report.

  --era REVISION    2025-11-25 or 2026-07-28 (default)
  --stdio           speak over stdio instead of HTTP
  --library DIR     the folder of Markdown and text to research (default: the documentation in node_modules)
  --model NAME      answer the server's agents with this model, instead of the built-in extractive one
  --model-url URL   where the model is: an OpenAI-compatible base URL, such as http://127.0.0.1:11434/v1
                    (its key is read from OPENAI_API_KEY)
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
  return {
    question,
    era,
    stdio: values.stdio === true,
    json: values.json === true,
    ...(values.library !== undefined && { library: folder(values.library) }),
    ...(model !== undefined && url !== undefined && { model: { name: model, url } }),
  };
}

function parse(args: readonly string[]) {
  try {
    return parseArgs({
      args: [...args],
      allowPositionals: true,
      options: {
        era: { type: 'string' },
        stdio: { type: 'boolean' },
        json: { type: 'boolean' },
        library: { type: 'string' },
        model: { type: 'string' },
        'model-url': { type: 'string' },
        help: { type: 'boolean', short: 'h' },
      },
    });
  } catch (error) {
    // Node's messages run over several sentences; the first names the option.
    const [first] = (error as Error).message.split(/\.\s/u);
    throw new UsageError(`${first?.replace(/\.$/u, '') ?? 'The options cannot be read'}: see --help.`);
  }
}

function folder(given: string): string {
  // npm runs scripts in the package's folder; INIT_CWD is where the person stood.
  const path = resolve(process.env.INIT_CWD ?? process.cwd(), given);
  if (statSync(path, { throwIfNoEntry: false })?.isDirectory() !== true) {
    throw new UsageError(`There is no folder "${given}": give --library one that exists.`);
  }
  return path;
}
