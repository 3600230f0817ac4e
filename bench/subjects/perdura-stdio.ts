import { createApp, Tool } from 'perdura';
import { serveStdio } from 'perdura/stdio';
import { z } from 'zod';
import { DESCRIPTION, NAMES } from './tools.js';
import { tellUsage } from './usage.js';

tellUsage();
const input = z.object({ a: z.number(), b: z.number() });

const tools = NAMES.map((name) => {
  @Tool({ name, description: DESCRIPTION, input })
  class Add {
    call({ a, b }: z.infer<typeof input>): string {
      return String(a + b);
    }
  }
  return Add;
});

serveStdio(await createApp({ name: 'bench', version: '1.0.0', use: tools }));
