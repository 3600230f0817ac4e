import { createApp } from 'perdura';
import { until } from '../fixtures/until.js';

describe('report', () => {
  let written: string;
  let spy: jest.SpyInstance;
  beforeEach(() => {
    written = '';
    spy = jest.spyOn(process.stderr, 'write').mockImplementation((text) => ((written += String(text)), true));
  });
  afterEach(() => spy.mockRestore());

  const told = async (report?: (error: unknown, reference: string) => void): Promise<void> => {
    const app = await createApp({ name: 'teller', version: '1.0.0', use: [], ...(report && { report }) });
    app.report(new Error('the disk is full', { cause: new Error('quota') }), 'ref-1');
    await app.close();
  };

  it('writes to standard error where the app has none, with the cause', async () => {
    await told();
    expect(written).toMatch(/^perdura: error ref-1\nError: the disk is full\n/);
    expect(written).toContain('quota');
  });

  it('is called instead where the app has one', async () => {
    const seen: unknown[] = [];
    await told((...args) => void seen.push(args));
    expect(seen).toEqual([[expect.objectContaining({ message: 'the disk is full' }), 'ref-1']]);
    expect(written).toBe('');
  });

  it.each([
    [
      'throws',
      () => {
        throw new Error('no logger');
      },
    ],
    ['rejects', () => Promise.reject(new Error('no logger'))],
  ])('loses nothing where it %s, and ends no process', async (_, report) => {
    await told(report);
    await until(() => written.includes('no logger'));
    expect(written).toContain('the disk is full');
  });
});
