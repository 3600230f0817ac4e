/**
 * `npm run demo -- "QUESTION"`: starts the research server as a process of its own, drives it as an MCP client and prints
 * the report. Progress goes to stderr, the report (or one line of JSON) to stdout.
 */
import { extractiveModel } from './client/extractive/extractive-model.js';
import { openAiModel } from './client/openai-model.js';
import { type DemoOptions, HELP, readOptions, UsageError } from './client/options.js';
import { printable } from './client/printable.js';
import { ProgressView } from './client/progress-view.js';
import { serverCommand, startHttpServer } from './client/server-process.js';
import { Transcript } from './client/transcript.js';

async function run({ question, era, stdio, json, library, model }: DemoOptions): Promise<void> {
  const view = new ProgressView(process.stderr);
  const transcript = new Transcript((turn) => view.turn(turn));
  const key = process.env.OPENAI_API_KEY;
  const answers = model === undefined ? extractiveModel : openAiModel({ ...model, ...(key !== undefined && { key }) });
  const command = serverCommand({ stdio, ...(library !== undefined && { library }) });
  const onStatus = (message: string): void => view.say(message);
  view.say('starting the server');
  const server = stdio ? undefined : await startHttpServer(command, onStatus);
  try {
    // Each is an SDK of its own: the one that is not needed is not loaded.
    const drive =
      era === '2025-11-25'
        ? (await import('./client/drive-2025-11-25.js')).drive2025
        : (await import('./client/drive-2026-07-28.js')).drive2026;
    const asked = { question, server: server?.url ?? command, model: transcript.observe(answers), onStatus };
    const { report, citations } = await drive(asked).catch((error: unknown) => {
      throw transcript.failure ?? error;
    });
    view.end();
    const { agentCount: agents, turns, toolCalls, repeatedTurns } = transcript;
    const transport = stdio ? 'stdio' : 'http';
    const facts = { question, revision: era, transport, report, citations, agents, turns, toolCalls, repeatedTurns };
    process.stdout.write(json ? `${JSON.stringify(facts)}\n` : `\n${printable(report)}`);
  } finally {
    view.end();
    await server?.stop();
  }
}

// Ended from outside, it must still run its exit handlers: they end the server.
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => process.exit(130));

try {
  const options = readOptions(process.argv.slice(2));
  if (options === undefined) process.stdout.write(HELP);
  else await run(options);
} catch (error) {
  process.stderr.write(`${(error as Error).message}\n`);
  process.exitCode = error instanceof UsageError ? 2 : 1;
}
