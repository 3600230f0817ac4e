import { setTimeout as sleep } from 'node:timers/promises';
import { IsBoolean, IsInt, IsOptional, IsString, Min } from 'class-validator';
import { Task } from '../../../framework/decorators/task.js';
import { Tool } from '../../../framework/decorators/tool.js';
import type { CallContext, TaskContext } from '../../../framework/runtime/context.js';
import { Ledger } from './ledger.js';

const ledger = new Ledger(process.env['LEDGER'] ?? '');
let runs = 0;

class ChainInput {
  /** How many steps it has, one after the other. */
  @IsInt() @Min(1) steps!: number;
  /** How long each step takes, in milliseconds. */
  @IsInt() @Min(0) work!: number;
  /** Whether it gives its worker back between its steps. */
  @IsBoolean() @IsOptional() naps = false;
}

/** What most faults are tried on: steps whose effects are in the ledger, each given the results of those before. */
@Task({ name: 'chain', description: 'Steps, one after the other.', input: ChainInput, concurrency: 100, attempts: 1 })
export class Chain {
  async call({ steps, work, naps }: ChainInput, ctx: TaskContext): Promise<string> {
    const seen: string[] = [];
    for (let step = 0; step < steps; step++) {
      const result = await ctx.step(`step ${step}`, async () => {
        const nonce = `${process.pid}.${runs++}`;
        // Half of the work comes after the effect, so that a crash may also hit an effect that is not recorded yet.
        await sleep(work / 2);
        ledger.write({ taskId: ctx.taskId, step, nonce, seen: [...seen], pid: process.pid });
        await sleep(work / 2);
        return nonce;
      });
      seen.push(result);
      if (naps) await ctx.sleep(20);
    }
    return seen.join(' ');
  }
}

class AskInput {
  /** How many questions it asks, one after the other. */
  @IsInt() @Min(1) questions!: number;
}

class Word {
  @IsString() word!: string;
}

/** Asks, and has an effect with each answer. A replay that is given another answer than the effect was fails. */
@Task({ name: 'ask', description: 'Asks.', input: AskInput, hold: 0, concurrency: 100 })
export class Ask {
  async call({ questions }: AskInput, ctx: TaskContext): Promise<string> {
    const seen: string[] = [];
    for (let step = 0; step < questions; step++) {
      const { word } = await ctx.elicit(`Word ${step}?`, Word, { timeout: '15m' });
      const result = await ctx.step(`step ${step}`, () => {
        const nonce = `${word}.${process.pid}.${runs++}`;
        ledger.write({ taskId: ctx.taskId, step, nonce, seen: [...seen], pid: process.pid });
        return nonce;
      });
      if (!result.startsWith(`${word}.`)) throw new Error(`The answer was ${result}, and is ${word} now.`);
      seen.push(result);
    }
    return seen.join(' ');
  }
}

class PatientInput {
  /** How long its question stays open, in milliseconds. */
  @IsInt() @Min(1) patience!: number;
}

/** Asks, and says whether anybody has answered. */
@Task({ name: 'patient', description: 'Asks once.', input: PatientInput, hold: 0, concurrency: 100 })
export class Patient {
  async call({ patience }: PatientInput, ctx: TaskContext): Promise<string> {
    try {
      return (await ctx.elicit('Word?', Word, { timeout: patience })).word;
    } catch (error) {
      if ((error as { readonly code?: unknown }).code !== 'ELICITATION_EXPIRED') throw error;
      return 'nobody answered';
    }
  }
}

/** Asks in the request itself. */
@Tool({ name: 'greet', description: 'Asks for a word, and says it.' })
export class Greet {
  async call(_: object, ctx: CallContext): Promise<string> {
    return (await ctx.elicit('Word?', Word)).word;
  }
}

/** Waits for longer than any scenario lasts. */
@Task({ name: 'rest', description: 'Waits.', concurrency: 100 })
export class Rest {
  async call(_: object, ctx: TaskContext): Promise<string> {
    await ctx.sleep('6h');
    return 'rested';
  }
}
