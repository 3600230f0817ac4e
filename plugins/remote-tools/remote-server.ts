/** Where a server is: a program to start and speak to over stdio, or a URL. */
export type RemoteServer = StdioServer | HttpServer;

/** A server that is started as a child process, and spoken to over its standard input and output. */
export interface StdioServer {
  readonly command: string;
  readonly args?: readonly string[];
  /** Names of variables of this process that the program is given, beside PATH, HOME and the like: nothing else is. */
  readonly passEnv?: readonly string[];
  /** More variables, with their values. */
  readonly env?: Readonly<Record<string, string>>;
  /** Its working directory. Default: that of this process. */
  readonly cwd?: string;
  /** What becomes of what it writes to stderr. Default `'inherit'`: it appears on this process's. */
  readonly stderr?: 'inherit' | 'ignore';
}

/** A server behind a URL, spoken to over Streamable HTTP. */
export interface HttpServer {
  readonly url: string;
  /** Sent with every request; a function is asked before each, for tokens that expire. */
  readonly headers?: Readonly<Record<string, string>> | (() => Promise<Readonly<Record<string, string>>>);
}

/** The environment of a child: what it is named, never all that this process knows. */
export function childEnvironment({ passEnv = [], env = {} }: StdioServer): Record<string, string> {
  const passed = passEnv.flatMap((name) => {
    const value = process.env[name];
    return value === undefined ? [] : [[name, value] as const];
  });
  return { ...Object.fromEntries(passed), ...env };
}
