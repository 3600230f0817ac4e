import { serveHttp } from 'perdura/http';
import { dashboard } from 'perdura/plugins/dashboard';
import { openApp } from './app.js';

// What `web.ts` serves, and a page of its tasks for whoever sits at this machine.
const app = await openApp(dashboard({ allow: 'loopback' }));
const server = await serveHttp(app, { port: Number(process.env.PORT ?? 3000) });
console.error(`Listening on ${server.url}`);
console.error(`Tasks are shown at ${new URL('/dashboard', server.url)}`);
