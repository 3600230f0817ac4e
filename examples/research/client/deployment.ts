import { rmSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Command, startChild } from './child.js';
import { Crew } from './crew.js';
import { type DemoOptions, OWN_REDIS } from './options.js';
import { joinRedis, startRedis } from './redis.js';
import { serverCommand } from './server-process.js';

type Wanted = Pick<DemoOptions, 'stdio' | 'library' | 'redis' | 'workers' | 'look'>;

/** The research server as a run needs it: one process, or a web process, workers and the Redis between them. */
export class Deployment {
  /** Absent where the server does its own work. */
  crew: Crew | undefined;
  private readonly ends: (() => Promise<unknown>)[] = [];
  private stopped: Promise<void> | undefined;

  constructor(
    private readonly say: (line: string) => void,
    private readonly onKill: (event: string) => void,
  ) {}

  /** Resolves when everything is ready, with the server's URL, or with how to start one that speaks over stdio. */
  async start({ stdio, library, redis, workers, look }: Wanted): Promise<URL | Command> {
    const given = { role: stdio ? 'stdio' : 'http', look, ...(library !== undefined && { library }) } as const;
    if (redis === undefined) return this.serve(serverCommand(given), stdio);

    const folder = await this.folder();
    this.say('starting Redis');
    const { url, prefix, stop } = redis === OWN_REDIS ? await startRedis(folder) : await joinRedis(redis);
    this.ends.unshift(stop);
    const shared = { redis: url, prefix, index: join(folder, 'library') };
    const server = await this.serve(serverCommand({ ...given, shared }), stdio);
    this.say(`starting ${workers} workers`);
    this.crew = new Crew(serverCommand({ ...given, role: 'worker', shared }), workers, this.onKill);
    this.ends.unshift(() => this.crew?.stop() ?? Promise.resolve());
    await this.crew.start();
    return server;
  }

  /** Ends every process and removes every file. Idempotent. */
  stop(): Promise<void> {
    return (this.stopped ??= this.stopAll());
  }

  private async stopAll(): Promise<void> {
    for (const end of this.ends.splice(0)) await end();
  }

  private async serve(command: Command, stdio: boolean): Promise<URL | Command> {
    // Over stdio it is the client that starts it.
    if (stdio) return command;
    this.say('starting the server');
    const server = startChild(command, this.say);
    this.ends.unshift(() => server.stop());
    return new URL(await server.ready);
  }

  private async folder(): Promise<string> {
    const folder = await mkdtemp(join(tmpdir(), 'research-demo-'));
    const options = { recursive: true, force: true, maxRetries: 5 };
    const remove = (): void => rmSync(folder, options);
    process.once('exit', remove);
    this.ends.push(async () => {
      await rm(folder, options);
      process.off('exit', remove);
    });
    return folder;
  }
}
