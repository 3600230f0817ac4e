/**
 * Takes standard output for MCP alone ("The server MUST NOT write anything to its stdout that is not a valid MCP message"):
 * whatever else writes there, `console.log` and every library that prints, comes out on standard error instead.
 * Returns the function that writes to standard output, and the one that gives it back.
 */
export function takeStdout(): { readonly write: typeof process.stdout.write; readonly release: () => void } {
  const { stdout, stderr } = process;
  const original = stdout.write;
  stdout.write = stderr.write.bind(stderr) as typeof stdout.write;
  return {
    write: original.bind(stdout) as typeof stdout.write,
    release: () => {
      stdout.write = original;
    },
  };
}
