import { EventEmitter } from 'node:events';
import { HttpExchange } from '../../../framework/server/http/exchange.js';
import type { InboundRequest, OutboundResponse } from '../../../framework/server/http-port.js';
import { Pulse } from '../../../framework/server/streams/event-stream.js';
import { ANONYMOUS } from '../../../framework/runtime/principal.js';

describe('An answer whose client has gone before it was a stream', () => {
  it('does not become one, since nobody could come back for it and nothing would tell of its end', () => {
    const gone = Object.assign(new EventEmitter(), { destroyed: true }) as unknown as OutboundResponse;
    const exchange = new HttpExchange(ANONYMOUS, { headers: {} } as InboundRequest, gone, new Pulse(15_000));
    let opened = false;
    exchange.logTo(() => {
      opened = true;
      throw new Error('There is nothing to open.');
    });
    exchange.send({ jsonrpc: '2.0', method: 'notifications/progress' });
    exchange.follows('a task');
    exchange.closeStream();
    expect(opened).toBe(false);
  });
});
