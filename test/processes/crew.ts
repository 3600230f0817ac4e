import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { LOSES_NOTHING, RedisServer } from '../fixtures/redis-server.js';

const MEMBER = join(__dirname, 'member.ts');

/** What a crew runs in place of the office. */
interface Program {
  readonly program?: string;
  readonly env?: Readonly<Record<string, string>>;
}

/** One process that serves or works the office, or another program's app. */
export class Member {
  readonly #process: ChildProcess;
  #port = 0;

  constructor(role: 'web' | 'worker', redisUrl: string, { program = MEMBER, env = {} }: Program = {}) {
    this.#process = spawn(process.execPath, ['--import', '@swc-node/register/esm-register', program], {
      env: { ...process.env, ...env, ROLE: role, REDIS_URL: redisUrl },
      stdio: ['ignore', 'inherit', process.env['VERBOSE'] ? 'inherit' : 'ignore', 'ipc'],
    });
  }

  async ready(): Promise<this> {
    const ended = once(this.#process, 'exit').then(() =>
      Promise.reject(new Error('A process ended before it was ready.')),
    );
    const [{ port }] = (await Promise.race([once(this.#process, 'message'), ended])) as [{ readonly port?: number }];
    this.#port = port ?? 0;
    ended.catch(() => undefined);
    return this;
  }

  get port(): number {
    return this.#port;
  }

  get pid(): number {
    return this.#process.pid as number;
  }

  /** Sends the signal and resolves with the exit code (null after SIGKILL) when the process has ended. */
  async end(signal: NodeJS.Signals): Promise<number | null> {
    if (this.#process.exitCode !== null || this.#process.signalCode !== null) return this.#process.exitCode;
    const ended = once(this.#process, 'exit') as Promise<[number | null]>;
    this.#process.kill(signal);
    return (await ended)[0];
  }
}

/** A Redis, web processes and workers, all of their own. */
export class Crew {
  readonly #members = new Set<Member>();

  private constructor(
    readonly redis: RedisServer,
    private readonly program: Program,
  ) {}

  static async start(program: Program = {}): Promise<Crew> {
    return new Crew(await RedisServer.start(...LOSES_NOTHING), program);
  }

  add(role: 'web' | 'worker'): Promise<Member> {
    const member = new Member(role, this.redis.url, this.program);
    this.#members.add(member);
    return member.ready();
  }

  async close(): Promise<void> {
    await Promise.all([...this.#members].map((member) => member.end('SIGKILL')));
    await this.redis.stop();
  }
}
