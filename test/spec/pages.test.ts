import { serveHttp } from 'perdura/http';
import { Browser } from '../asking/browser.js';
import { vaultApp } from '../asking/vault-app.js';
import { until } from '../fixtures/until.js';
import { type Fields, RawClient2025, textOf } from './raw-client.js';

const CAPABILITIES = { elicitation: { url: {} } };

// Spec: elicit.completion-client@2025-11-25, elicit.completion-id@2025-11-25, elicit.required-error@2025-11-25
// Spec: elicit.url-mode@2025-11-25, elicit.url@2025-11-25
it('a page of a call on 2025-11-25 is asked for with an id, and its end told to the client that was asked alone', async () => {
  const app = await vaultApp();
  const server = await serveHttp(app, { port: 0 });
  const [client, other] = [1, 2].map(() => new RawClient2025(app, { capabilities: CAPABILITIES })) as [
    RawClient2025,
    RawClient2025,
  ];
  client.answer = () => ({ action: 'accept' });
  const call = client.start('tools/call', { name: 'store_key' });
  const elsewhere = other.start('tools/call', { name: 'polite' });
  await until(() => call.messages.length > 0 && elsewhere.messages.length > 0);
  const asked = call.messages[0] as unknown as { method: string; params: Fields };
  expect(asked).toMatchObject({
    method: 'elicitation/create',
    params: { mode: 'url', message: 'Enter the key of the service.', elicitationId: expect.any(String) },
  });
  const url = asked.params['url'] as string;
  expect(new URL(url).origin).toBe(new URL(server.url).origin);

  const browser = new Browser();
  await browser.enter(url);
  await browser.open(url, { key: 'k' });
  expect(textOf(await call.response)).toBe('The key is stored.');
  const ends = [...call.messages, ...client.unasked].filter(
    ({ method }) => method === 'notifications/elicitation/complete',
  );
  expect(ends.map(({ params }) => params)).toEqual([{ elicitationId: asked.params['elicitationId'] }]);

  const { id } = elsewhere.messages[0] as { id: string };
  other.respond(id, { result: { action: 'decline' } });
  expect(textOf(await elsewhere.response)).toBe('decline');
  expect([...elsewhere.messages, ...other.unasked].map(({ method }) => method)).toEqual(['elicitation/create']);
  await server.close();
});

// Spec: elicit.https
it.each([
  ['https://mcp.example.com', true],
  ['http://127.0.0.1:3000', true],
  ['http://localhost', true],
  ['http://mcp.example.com', false],
  ['ftp://localhost', false],
])('pages have an https URL, or one of this machine: %s', async (publicUrl, isRight) => {
  const started = vaultApp({ publicUrl });
  if (isRight) await (await started).close();
  else await expect(started).rejects.toMatchObject({ mistakes: [{ code: 'INVALID_HTTP_OPTION' }] });
});
