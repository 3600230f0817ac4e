import { serveHttp } from 'perdura/http';
import { openApp } from './app.js';

const server = await serveHttp(await openApp(), { port: Number(process.env.PORT ?? 3000) });
console.error(`Listening on ${server.url}`);
process.once('SIGTERM', () => void server.close().then(() => process.exit(0)));
