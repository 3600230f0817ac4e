import { execFileSync } from 'node:child_process';

describe('the in-memory client', () => {
  it.each(['2025-11-25', '2026-07-28'])(
    'keeps a process that does nothing else until its task on %s has ended',
    (revision) => {
      // The pause before another attempt is a timer that keeps no process.
      const program = `
      const { createApp, Task } = await import('./framework/index.ts');
      const { connect } = await import('./framework/testing.ts');
      class Retry {
        call(_, ctx) {
          if (ctx.attempt === 1) throw new Error('Not yet.');
          return 'Now.';
        }
      }
      Task({ name: 'retry', description: 'Tries twice.', attempts: 2, backoff: ['200ms'] })(Retry);
      const app = await createApp({ name: 'retry', version: '1.0.0', use: [Retry], report: () => {} });
      const client = await connect(app, { revision: '${revision}' });
      const { content } = await client.runTask('retry');
      console.log(content[0].text);`;
      const args = ['--import', '@swc-node/register/esm-register', '--input-type=module', '--eval', program];
      expect(execFileSync(process.execPath, args, { encoding: 'utf8', stdio: 'pipe' })).toBe('Now.\n');
    },
  );
});
