import { serveStdio } from '@modelcontextprotocol/server/stdio';
import { createServer } from './sdk-v2.js';
import { tellUsage } from './usage.js';

tellUsage();
serveStdio(createServer);
