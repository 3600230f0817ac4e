/** Tells the benchmark over IPC what this process has used so far, and ends with it. */
export function tellUsage(): void {
  process.on('message', () => {
    const { user, system } = process.cpuUsage();
    process.send?.({ cpuUs: user + system, rssMb: process.memoryUsage.rss() / 2 ** 20 });
  });
  process.once('disconnect', () => process.exit());
}
