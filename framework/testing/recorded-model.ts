import { mkdir, readFile, rename, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import type { Model, ModelAnswer } from '../metadata/model.js';
import { fingerprint } from '../runtime/journal/fingerprint.js';
import { textIn } from './request-text.js';
import type { CreateMessageRequestParams } from '../spec.js';

/** One turn in a recording: what was asked last, for people to read, and what was answered. */
interface Recorded {
  readonly asked: string;
  readonly answer: ModelAnswer;
}

type Recording = Readonly<Record<string, Recorded>>;

/**
 * A model that answers from a file. A request that the file does not have is put to `model`, and recorded; without one, as in CI,
 * it is an error. Requests are told apart by all that they say except `_meta`: change a prompt, and it is another request.
 * The file holds requests in short and answers in full: keep secrets out of prompts that you record.
 */
export function recordedModel(file: string, model?: Model): Model {
  let loading: Promise<Recording> | undefined;
  let saved: Promise<unknown> = Promise.resolve();
  const added: Record<string, Recorded> = {};
  return async (request, options) => {
    const recording = await (loading ??= load(file));
    const key = fingerprint({ ...request, _meta: undefined });
    const known = recording[key] ?? added[key];
    if (known) return structuredClone(known.answer);
    if (!model) throw new Error(unknown(file, request));
    const answer = await model(request, options);
    added[key] = { asked: lastOf(request), answer };
    // One after the other, each with all that there is by then.
    const saving = saved.then(() => save(file, { ...recording, ...added }));
    saved = saving.catch(() => undefined);
    await saving;
    return answer;
  };
}

async function load(file: string): Promise<Recording> {
  try {
    return JSON.parse(await readFile(file, 'utf8')) as Recording;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return {};
    throw new Error(`The recording ${file} cannot be read: delete it and record anew.`, { cause: error });
  }
}

/** In the order of the keys, so that a new turn is a small change; whole or not at all, whenever the process ends. */
async function save(file: string, recording: Recording): Promise<void> {
  const sorted = Object.fromEntries(Object.entries(recording).sort(([a], [b]) => (a < b ? -1 : 1)));
  await mkdir(dirname(file), { recursive: true });
  await writeFile(`${file}.new`, `${JSON.stringify(sorted, null, 2)}\n`);
  await rename(`${file}.new`, file);
}

const LONGEST = 120;

function lastOf({ messages }: CreateMessageRequestParams): string {
  const text = textIn(messages.at(-1)).replace(/\s+/g, ' ').trim();
  return text.length > LONGEST ? `${text.slice(0, LONGEST)}…` : text;
}

const unknown = (file: string, request: CreateMessageRequestParams): string =>
  `The recording ${file} has no answer to message ${request.messages.length} of a conversation, "${lastOf(request)}". ` +
  'Run the test once with a model as the second argument of recordedModel(), and commit the file.';
