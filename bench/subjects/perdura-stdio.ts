import { createApp, Tool } from 'perdura';
import { serveStdio } from 'perdura/stdio';
import { z } from 'zod';
import { tellUsage } from './usage.js';

tellUsage();
const input = z.object({ a: z.number(), b: z.number() });

const tools = Array.from({ length: 10 }, (_, index) => {
  @Tool({ name: `tool_${index}`, description: 'Adds two numbers.', input })
  class Add {
    call({ a, b }: z.infer<typeof input>): string {
      return String(a + b);
    }
  }
  return Add;
});

serveStdio(await createApp({ name: 'bench', version: '1.0.0', use: tools }));
