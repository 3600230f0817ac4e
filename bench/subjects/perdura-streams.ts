import { type CallContext, createApp, Tool } from 'perdura';
import { serveHttp } from 'perdura/http';
import { listening } from '../child.js';

const NEWS = 'n'.repeat(64 * 1024);

@Tool({ name: 'add', description: 'Adds two numbers.' })
class Add {
  call(): string {
    return '42';
  }
}

@Tool({ name: 'chatter', description: 'Says 64 KiB, twenty times a second, until its client goes.' })
class Chatter {
  async call(_: unknown, ctx: CallContext): Promise<string> {
    while (!ctx.signal.aborted) {
      ctx.log.info(NEWS);
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
    return 'silence';
  }
}

const app = await createApp({ name: 'bench', version: '1.0.0', use: [Add, Chatter] });
const { url } = await serveHttp(app, { port: 0 });
listening(url);
