import type { App } from 'perdura';
import { type HttpOptions, serveHttp } from 'perdura/http';
import { startWorker } from 'perdura/worker';
import { officeApp } from './office-app.js';

const { REDIS_URL = '', ROLE = '' } = process.env;

// Everybody is who they say they are.
const authenticate: HttpOptions['authenticate'] = ({ headers }) => ({
  owner: headers.authorization ?? 'ada',
  scopes: [],
});

async function web(app: App, port: number): Promise<number> {
  //#region web
  const server = await serveHttp(app, { port, authenticate });
  process.once('SIGTERM', () => void server.close().then(() => process.exit(0)));
  //#endregion
  return server.port;
}

async function worker(app: App): Promise<number> {
  //#region worker
  await startWorker(app);
  //#endregion
  return 0;
}

const app = await officeApp({ redis: REDIS_URL });
const port = ROLE === 'worker' ? await worker(app) : await web(app, 0);
process.send?.({ port });

// The end of the tests' own process must leave nobody behind.
process.once('disconnect', () => process.kill(process.pid, 'SIGKILL'));
