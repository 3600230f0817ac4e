/**
 * `npm run demo -- "QUESTION"`: starts the research server in processes of its own, drives it as an MCP client and prints
 * the report. Progress goes to stderr, the report (or one line of JSON) to stdout.
 */
import { formatTrace } from 'perdura';
import { Deployment } from './client/deployment.js';
import { extractiveModel } from './client/extractive/extractive-model.js';
import type { SamplingModel } from './client/model.js';
import { openAiModel } from './client/openai-model.js';
import { type DemoOptions, HELP, readOptions, UsageError } from './client/options.js';
import { printable } from './client/printable.js';
import { ProgressView } from './client/progress-view.js';
import { slowly } from './client/slow-model.js';
import { Transcript } from './client/transcript.js';

/** What a turn of the extractive model takes under chaos, in milliseconds: at its own pace it is done before the third kill. */
const SLOW = 200;

const view = new ProgressView(process.stderr);
const say = (message: string): void => view.say(message);
const deployment = new Deployment(say, (event) => view.note(event));

async function run(options: DemoOptions): Promise<void> {
  const { question, era, stdio, json, workers, chaos, look } = options;
  const transcript = new Transcript((turn) => view.turn(turn));
  const server = await deployment.start(options);
  if (look) view.note(`look at ${new URL('/dashboard', server as URL).href}`);
  // Each is an SDK of its own: the one that is not needed is not loaded.
  const drive =
    era === '2025-11-25'
      ? (await import('./client/drive-2025-11-25.js')).drive2025
      : (await import('./client/drive-2026-07-28.js')).drive2026;
  const model = transcript.observe(modelFor(options));
  if (chaos) deployment.crew?.unleash();
  const { report, citations, trace } = await drive({ question, server, model, onStatus: say }).catch(
    (error: unknown) => {
      throw transcript.failure ?? error;
    },
  );
  const kills = deployment.crew?.kills ?? 0;
  // The process that shows the task stays.
  await (look ? deployment.crew?.stop() : deployment.stop());
  view.end();
  const { agentCount: agents, turns, toolCalls, repeatedTurns } = transcript;
  if (chaos) process.stderr.write(`${kills} workers killed, ${repeatedTurns} of ${turns} model turns asked twice\n`);
  process.stderr.write(`\n${printable(formatTrace(trace))}`);
  const run = { question, revision: era, transport: stdio ? 'stdio' : 'http', workers, kills };
  const facts = { ...run, report, citations, agents, turns, toolCalls, repeatedTurns };
  process.stdout.write(json ? `${JSON.stringify(facts)}\n` : `\n${printable(report)}`);
  if (!look) return;
  process.stderr.write('\nWhat it did can be looked at until you press Ctrl-C.\n');
  await new Promise<never>(() => undefined);
}

function modelFor({ model, chaos }: DemoOptions): SamplingModel {
  const key = process.env.OPENAI_API_KEY;
  if (model !== undefined) return openAiModel({ ...model, ...(key !== undefined && { key }) });
  if (!chaos) return extractiveModel;
  view.note(`the extractive model is slowed to ${SLOW} ms a turn, one at a time; a worker is killed every second`);
  return slowly(extractiveModel, SLOW);
}

for (const signal of ['SIGINT', 'SIGTERM'] as const) {
  process.once(signal, () => void deployment.stop().finally(() => process.exit(130)));
}

try {
  const options = readOptions(process.argv.slice(2));
  if (options === undefined) process.stdout.write(HELP);
  else await run(options);
} catch (error) {
  view.end();
  process.stderr.write(`${(error as Error).message}\n`);
  process.exitCode = error instanceof UsageError ? 2 : 1;
} finally {
  await deployment.stop();
}
