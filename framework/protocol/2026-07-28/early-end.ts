import type { Cancellations } from '../messages/cancellations.js';
import type { Incoming } from '../messages/incoming.js';

/** Hears that a client gives its request up, or has gone, while nothing runs for it yet. */
export class EarlyEnd2026 {
  hasCome = false;
  readonly stop: () => void;

  constructor(incoming: Incoming, cancellations: Cancellations) {
    const come = (): void => void (this.hasCome = true);
    incoming.exchange.onClose(come);
    this.stop = cancellations.track(incoming, come);
  }
}
