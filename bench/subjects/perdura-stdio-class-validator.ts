import { IsNumber } from 'class-validator';
import { createApp, Tool } from 'perdura';
import { serveStdio } from 'perdura/stdio';
import { DESCRIPTION, NAMES } from './tools.js';
import { tellUsage } from './usage.js';

tellUsage();

class Addends {
  @IsNumber() a!: number;
  @IsNumber() b!: number;
}

const tools = NAMES.map((name) => {
  @Tool({ name, description: DESCRIPTION, input: Addends })
  class Add {
    call({ a, b }: Addends): string {
      return String(a + b);
    }
  }
  return Add;
});

serveStdio(await createApp({ name: 'bench', version: '1.0.0', use: tools }));
