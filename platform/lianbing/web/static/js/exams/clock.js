// The server's clock, carried on the device's steady one: changing the device's time has no effect.
//
// A response stamped s, sent at t0 and received at t1 (steady clock), proves that the offset
// lies in [s - t1, s - t0]. Proofs are intersected. When one contradicts the others the steady
// clock itself has slipped (it stops while a phone sleeps), and only the newest proof stands.

const SLIP_MS = 2000;

export class ServerClock {
  constructor() {
    this.low = -Infinity;
    this.high = Infinity;
    this.drift = Date.now() - performance.now();
    this.doubtful = false;
  }

  learn(serverMs, sent, received) {
    const low = serverMs - received;
    const high = serverMs - sent;
    const agrees = low <= this.high && high >= this.low;
    this.low = agrees ? Math.max(low, this.low) : low;
    this.high = agrees ? Math.min(high, this.high) : high;
    this.drift = Date.now() - performance.now();
    this.doubtful = false;
  }

  /** The server's time in ms since the epoch, as best known. */
  now() {
    return performance.now() + (this.low + this.high) / 2;
  }

  iso() {
    return new Date(this.now()).toISOString();
  }

  /** Whether the two device clocks have parted since the last proof: a sleep, or a changed clock. */
  slipped() {
    if (Math.abs(Date.now() - performance.now() - this.drift) > SLIP_MS) this.doubtful = true;
    return this.doubtful;
  }
}

/** When the page itself was asked for and answered, on the steady clock. */
export function pageLoadSpan() {
  const entry = performance.getEntriesByType("navigation")[0];
  if (!entry || !entry.responseStart) return [0, performance.now()];
  return [entry.requestStart, entry.responseStart];
}
