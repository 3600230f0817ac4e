import type { App } from 'perdura';
import { connect, type ConnectOptions, type TestClient } from 'perdura/testing';
import { validate } from './schema-check.js';

const clients: { readonly client: TestClient; readonly options: ConnectOptions }[] = [];

/** A client whose whole traffic is held against the official schemas once the test is over. */
export async function checkedConnect(app: App, options: ConnectOptions): Promise<TestClient> {
  const client = await connect(app, options);
  clients.push({ client, options });
  return client;
}

afterEach(() => {
  const wrong = clients
    .splice(0)
    .flatMap(({ client, options }) =>
      client.messages.flatMap(({ direction, message, method }) =>
        validate(options.revision, direction, message, method).map((issue) => ({ issue, message })),
      ),
    );
  expect(wrong).toEqual([]);
});
