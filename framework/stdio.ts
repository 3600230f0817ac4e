/** `perdura/stdio`: an app over standard input and output. */
export { serveStdio, type StdioOptions, type StdioServer } from './server/stdio/serve-stdio.js';
