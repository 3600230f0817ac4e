import { type App, createApp } from 'perdura';
import { serveHttp } from 'perdura/http';
import { dashboard } from 'perdura/plugins/dashboard';
import { send } from '../server/send.js';
import { Desk } from './dashboard-app.js';

const isOperator = (credentials: string | null): boolean => credentials === 'Basic b3BzOm9wcw==';

/** The app of docs/dashboard.md. */
function shop(): Promise<App> {
  //#region dashboard
  return createApp({ name: 'shop', version: '1.0.0', use: [Desk, dashboard({ allow: 'loopback' })] });
  //#endregion
}

/** The app of a server that operators log in to. */
function guarded(): Promise<App> {
  //#region allow
  const login = { status: 401, headers: { 'www-authenticate': 'Basic realm="shop", charset="UTF-8"' } };
  const operators = dashboard({
    allow: ({ headers }) => isOperator(headers.get('authorization')) || new Response('Log in.', login),
  });
  //#endregion
  return createApp({ name: 'shop', version: '1.0.0', use: [Desk, operators] });
}

it.each([
  ['own machine', shop, 403],
  ['operators', guarded, 401],
] as const)('The page has an example for the %s that lets nobody else in', async (_, open, refused) => {
  const server = await serveHttp(await open(), { port: 0 });
  const look = (headers: Record<string, string>) =>
    send(server.port, { method: 'GET', path: '/dashboard', headers }).then(({ status }) => status);
  expect(await look({ authorization: 'Basic b3BzOm9wcw==' })).toBe(200);
  expect(await look({ 'x-forwarded-for': '203.0.113.7' })).toBe(refused);
  await server.close();
});
