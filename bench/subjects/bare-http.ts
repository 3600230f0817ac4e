import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { listening } from '../child.js';

/** The limit: parse, add, stringify, and not one check. */
const server = createServer((req, res) => {
  const chunks: Buffer[] = [];
  req.on('data', (chunk: Buffer) => chunks.push(chunk));
  req.on('end', () => {
    const request = JSON.parse(Buffer.concat(chunks).toString()) as {
      id: number;
      params: { arguments?: { a: number; b: number } };
    };
    const { a, b } = request.params.arguments ?? { a: 0, b: 0 };
    const body = JSON.stringify({
      jsonrpc: '2.0',
      id: request.id,
      result: { content: [{ type: 'text', text: String(a + b) }], resultType: 'complete' },
    });
    res.writeHead(200, { 'content-type': 'application/json', 'content-length': Buffer.byteLength(body) });
    res.end(body);
  });
});
server.listen(0, '127.0.0.1', () => listening(`http://127.0.0.1:${(server.address() as AddressInfo).port}/mcp`));
