import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { listening } from '../child.js';
import { answer } from './bare.js';

const server = createServer((req, res) => {
  const chunks: Buffer[] = [];
  req.on('data', (chunk: Buffer) => chunks.push(chunk));
  req.on('end', () => {
    const body = answer(Buffer.concat(chunks).toString()) ?? '';
    res.writeHead(200, { 'content-type': 'application/json', 'content-length': Buffer.byteLength(body) });
    res.end(body);
  });
});
server.listen(0, '127.0.0.1', () => {
  listening(`http://127.0.0.1:${(server.address() as AddressInfo).port}/mcp`, 'task-1');
});
