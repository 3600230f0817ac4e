import { type AppOptions, type BootError, createApp, Tool } from 'perdura';

@Tool({ name: 'look', description: 'Looks.' })
class Look {
  call() {}
}

// What JavaScript may pass, and no compiler would let through.
it.each<[string, object, string]>([
  ['use', { use: undefined }, 'undefined'],
  ['use', { use: Look }, 'a function'],
  ['providers', { use: [Look], providers: { provide: 'a', useValue: 1 } }, 'a value of type object'],
  ['intercept', { use: [Look], intercept: () => 1 }, 'a function'],
])('createApp tells of %s that is no list: %#', async (option, options, given) => {
  const refused = createApp({ name: 'x', version: '1', ...options } as AppOptions);
  const { mistakes } = await refused.then(
    () => ({ mistakes: [] }),
    (error: BootError) => error,
  );
  expect(mistakes).toMatchObject([
    { code: 'INVALID_OPTION', facts: [option, given, expect.stringMatching(/^a list of /)] },
  ]);
});
