import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Model } from 'perdura';
import { recordedModel, scriptedModel } from 'perdura/testing';

const options = { signal: new AbortController().signal };
const ask = (model: Model, text: string, meta = {}) =>
  model({ messages: [{ role: 'user', content: { type: 'text', text } }], maxTokens: 10, _meta: meta }, options);

let folder: string;
let file: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'recorded-model-'));
  file = join(folder, 'turns', 'answers.json');
});
afterEach(() => rm(folder, { recursive: true }));

it('asks the model once for each request, and answers from the file from then on', async () => {
  const script = scriptedModel(['Four.', 'Nine.']);
  const model = recordedModel(file, script);
  const [four, nine] = await Promise.all([ask(model, '2 and 2?'), ask(model, '3 times 3?')]);
  expect(await ask(model, '2 and 2?', { progressToken: 7 })).toEqual(four);
  expect(script.requests).toHaveLength(2);

  const replayed = recordedModel(file);
  expect(await ask(replayed, '3 times 3?')).toEqual(nine);
  expect(await ask(replayed, '2 and 2?')).toEqual(four);
  const kept = Object.values(JSON.parse(await readFile(file, 'utf8')) as Record<string, { asked: string }>);
  expect(kept.map(({ asked }) => asked).sort()).toEqual(['2 and 2?', '3 times 3?']);
});

it('says which request it does not know, and what to do', async () => {
  await ask(recordedModel(file, scriptedModel(['Four.'])), '2 and 2?');
  const told = /has no answer to message 1 of a conversation, "2 and 3\?"\. Run the test once with a model/;
  await expect(ask(recordedModel(file), '2 and 3?')).rejects.toThrow(told);
  await writeFile(file, '{');
  await expect(ask(recordedModel(file), '2 and 2?')).rejects.toThrow('delete it and record anew');
});

it('records nothing of a turn that failed', async () => {
  const model = recordedModel(file, scriptedModel([]));
  await expect(ask(model, '2 and 2?')).rejects.toThrow('The script has 0 turns');
  await expect(readFile(file)).rejects.toThrow('ENOENT');
});
