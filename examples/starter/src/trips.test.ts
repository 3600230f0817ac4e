import assert from 'node:assert/strict';
import { test } from 'node:test';
import { connect, testApp } from 'perdura/testing';
import { Agency } from './agency.js';
import { options } from './app.js';

for (const revision of ['2025-11-25', '2026-07-28'] as const) {
  test(`tells a price on ${revision}`, async () => {
    const app = await testApp(options);
    const client = await connect(app, { revision });
    const { content } = await client.callTool('price', { to: 'Oslo', nights: 3 });
    assert.deepEqual(content, [{ type: 'text', text: '330 euros' }]);
    await app.close();
  });

  test(`books a trip once though its process dies twice, on ${revision}`, async () => {
    const agency = new Agency();
    const app = await testApp({ ...options, providers: [{ provide: Agency, useValue: agency }] });
    app.crashBefore('seat'); // when it is booked, and not yet recorded
    app.crashAfter('room');
    const client = await connect(app, { revision });
    const { taskId } = await client.startTask('book', { to: 'Oslo' });
    await app.advance('2s');
    await client.followTask(taskId);
    assert.equal(app.crashes, 2);
    assert.deepEqual([...agency.reservations.values()], ['a seat to Oslo', '2 nights in Oslo']);
    await app.close();
  });
}
