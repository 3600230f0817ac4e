import { StdioServerTransport } from '@modelcontextprotocol/sdk/server/stdio.js';
import { createServer } from './sdk-v1.js';
import { tellUsage } from './usage.js';

tellUsage();
await createServer().connect(new StdioServerTransport());
