import { createServer } from './fastmcp.js';
import { tellUsage } from './peer.js';

tellUsage();
await createServer().start({ transportType: 'stdio' });
