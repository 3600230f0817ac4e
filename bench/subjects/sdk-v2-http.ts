import { createServer as createHttpServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { toNodeHandler } from '@modelcontextprotocol/node';
import { createMcpHandler } from '@modelcontextprotocol/server';
import { listening } from '../child.js';
import { createServer } from './sdk-v2.js';

const handler = toNodeHandler(createMcpHandler(createServer));
const server = createHttpServer((req, res) => void handler(req, res));
server.listen(0, '127.0.0.1', () => {
  listening(`http://127.0.0.1:${(server.address() as AddressInfo).port}/mcp`, 'task-1');
});
