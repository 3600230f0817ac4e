import { Errands } from '../../../framework/tasks/errands.js';

function pending(): { readonly promise: Promise<void>; readonly end: () => void } {
  let end = (): void => undefined;
  const promise = new Promise<void>((resolve) => (end = resolve));
  return { promise, end };
}

/** Whether a promise has been settled once all that is due has run. */
async function isOver(promise: Promise<void>): Promise<boolean> {
  let over = false;
  void promise.then(() => (over = true));
  await new Promise(setImmediate);
  return over;
}

describe('Errands', () => {
  it('has nobody wait while there are few', () => {
    const errands = new Errands(2);
    expect(errands.add(pending().promise)).toBeUndefined();
    expect(errands.add(pending().promise)).toBeUndefined();
  });

  it('has whoever adds one too many wait for that one', async () => {
    const errands = new Errands(1);
    const [first, second] = [pending(), pending()];
    void errands.add(first.promise);
    const waits = errands.add(second.promise) as Promise<void>;
    first.end();
    expect(await isOver(waits)).toBe(false);
    second.end();
    expect(await isOver(waits)).toBe(true);
  });

  it('forgets what is over', async () => {
    const errands = new Errands(1);
    const first = pending();
    void errands.add(first.promise);
    first.end();
    await new Promise(setImmediate);
    expect(errands.add(pending().promise)).toBeUndefined();
  });

  it('is done when none is under way, those included that came meanwhile', async () => {
    const errands = new Errands(10);
    const [first, second] = [pending(), pending()];
    void errands.add(first.promise);
    const done = errands.done();
    void errands.add(second.promise);
    first.end();
    expect(await isOver(done)).toBe(false);
    second.end();
    expect(await isOver(done)).toBe(true);
    expect(await isOver(errands.done())).toBe(true);
  });
});
