import { LONGEST_TIMER } from '../../runtime/at-time.js';

/** When a client is pinged, in milliseconds. */
export interface PingSettings {
  /** For how long it may have said nothing. */
  readonly interval: number;
  /** How long its answer may take. */
  readonly timeout: number;
}

/** A client as {@link keepPinging} sees it. */
interface Pinged {
  /** Sends a ping; resolves with false where no answer came within the milliseconds. */
  ping(within: number): Promise<boolean>;
  /** When it was last heard of, in milliseconds since 1970. */
  heardAt(): number;
  /** Told of each ping that came to nothing. */
  unanswered(): void;
  /** Told, at most once, that the client counts as gone. */
  gone(): void;
}

/** How many pings in a row come to nothing before the client counts as gone. One alone may be the fault of a pause of this process. */
const MOST_UNANSWERED = 2;

/** Pings a client whenever it has been quiet (2025-11-25 `basic/utilities/ping`), until it is gone or what is returned is called. */
export function keepPinging(client: Pinged, { interval, timeout }: PingSettings): () => void {
  let stopped = false;
  let timer: NodeJS.Timeout;
  const wait = (delay: number): void => {
    timer = setTimeout(look, Math.min(delay, interval, LONGEST_TIMER)).unref();
  };
  const look = (): void => {
    const quiet = Date.now() - client.heardAt();
    if (quiet < interval) wait(interval - quiet);
    else void ping(MOST_UNANSWERED);
  };
  const ping = async (tries: number): Promise<void> => {
    const sentAt = Date.now();
    const isAnswered = await client.ping(Math.min(timeout, LONGEST_TIMER));
    if (stopped) return;
    if (isAnswered || client.heardAt() >= sentAt) return wait(interval);
    client.unanswered();
    if (tries > 1) return ping(tries - 1);
    client.gone();
  };
  wait(interval);
  return () => {
    stopped = true;
    clearTimeout(timer);
  };
}
