import type { App } from 'perdura';
import { connect, type ConnectOptions, type TestClient } from 'perdura/testing';
import { validate } from './schema-check.js';

const clients: { readonly client: TestClient; readonly options: Checked; held: number }[] = [];

interface Checked extends ConnectOptions {
  /** The methods of extensions that the app serves beside those of the specification. */
  readonly own?: readonly string[];
}

/** A client whose whole traffic is held against the official schemas, after each test what has come since the last one. */
export async function checkedConnect(app: App, options: Checked): Promise<TestClient> {
  const client = await connect(app, options);
  clients.push({ client, options, held: 0 });
  return client;
}

afterEach(() => {
  const wrong = clients.flatMap((each) => {
    const { client, options, held } = each;
    each.held = client.messages.length;
    return client.messages
      .slice(held)
      .flatMap(({ direction, message, method }) =>
        validate(options.revision, direction, message, method, options.own).map((issue) => ({ issue, message })),
      );
  });
  expect(wrong).toEqual([]);
});
