/** Tells the benchmark over IPC what this process has used so far, and ends with it. */
export function tellUsage() {
  process.on('message', () => {
    const { user, system } = process.cpuUsage();
    process.send?.({ cpuUs: user + system, rssMb: process.memoryUsage.rss() / 2 ** 20 });
  });
  process.once('disconnect', () => process.exit());
}

/** How many tools a subject is to have: its first argument. The first is called `add`, the others `add_1`, `add_2`... */
const count = Number(process.argv[2] ?? 1);
export const NAMES = ['add', ...Array.from({ length: count - 1 }, (_, index) => `add_${index + 1}`)];
export const DESCRIPTION = 'Adds two numbers.';
