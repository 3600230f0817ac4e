import { createInterface } from 'node:readline';
import { answer } from './bare.js';
import { tellUsage } from './usage.js';

tellUsage();
createInterface({ input: process.stdin }).on('line', (line) => {
  const reply = answer(line);
  if (reply !== undefined) process.stdout.write(`${reply}\n`);
});
