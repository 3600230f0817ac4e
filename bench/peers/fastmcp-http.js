import { createServer as createProbe } from 'node:net';
import { once } from 'node:events';
import { createServer } from './fastmcp.js';
import { tellUsage } from './peer.js';

// It does not tell which port the system chose.
const probe = createProbe().listen(0, '127.0.0.1');
await once(probe, 'listening');
const { port } = probe.address();
await new Promise((resolve) => probe.close(resolve));

await createServer().start({ transportType: 'httpStream', httpStream: { port, host: '127.0.0.1' } });
tellUsage();
process.send({ url: `http://127.0.0.1:${port}/mcp` });
