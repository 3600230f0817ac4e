import { FastMCP } from 'fastmcp';
import { z } from 'zod';
import { DESCRIPTION, NAMES } from './peer.js';

/** fastmcp, set up as its README does. */
export function createServer() {
  const server = new FastMCP({ name: 'bench', version: '1.0.0' });
  const parameters = z.object({ a: z.number(), b: z.number() });
  for (const name of NAMES) {
    server.addTool({ name, description: DESCRIPTION, parameters, execute: async ({ a, b }) => String(a + b) });
  }
  return server;
}
