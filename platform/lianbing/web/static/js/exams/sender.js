// Sends the journal: one request in flight, oldest entries first, until each is acknowledged.
//
// Saving, asking for the state and handing in go through the same single file, so a hand-in
// can never overtake an answer. Nothing leaves the journal but by the server's word.

import { onTheWire } from "./journal.js";
import { call } from "./transport.js";

const BATCH = 200;
const KEEPALIVE_BATCH = 100; // browsers cap what may outlive a page at 64 kB
const LONGEST_WAIT_MS = 20000;
const LONGEST_WAIT_AT_THE_END_MS = 4000;
const END_MS = 60000;

export class Sender {
  /**
   * `on`: body(body, job), refused(entry, result), stored(entry, result), forbidden(outcome),
   * handInRejected(outcome), change().
   */
  constructor(journal, exam, clock, on) {
    Object.assign(this, { journal, exam, clock, on });
    this.flying = false;
    this.stopped = false;
    this.handingIn = false;
    this.asking = false;
    this.failures = 0;
    this.lastKind = "ok";
    this.savedAt = 0; // the server's time of the answer that left nothing waiting
    this.batch = BATCH;
    this.timer = 0;
  }

  /** Try now. */
  kick() {
    clearTimeout(this.timer);
    if (!this.flying && !this.stopped) this._next();
  }

  /** There is something new to send; while the server is out of reach it waits its turn. */
  nudge() {
    if (!this.failures) this.kick();
  }

  ask() {
    this.asking = true;
    this.nudge();
  }

  handIn() {
    this.handingIn = true;
    this.kick();
  }

  stop() {
    this.stopped = true;
    clearTimeout(this.timer);
  }

  /** The page may vanish: hand the browser a last copy that outlives it. */
  async flushOnLeave() {
    this.journal.secure();
    const entries = this.journal.pending.slice(0, KEEPALIVE_BATCH);
    if (!entries.length || this.stopped) return;
    const body = { entries: entries.map(onTheWire) };
    const outcome = await call(this.exam.save_url, this.exam.token, body, { clock: this.clock, keepalive: true });
    if (outcome.kind === "ok") this._absorb({ kind: "save", entries }, outcome.body);
    this.on.change();
  }

  _job() {
    const entries = this.journal.ready(this.batch);
    const all = entries.length === this.journal.pending.length;
    if (this.handingIn && all && (this.batch === BATCH || !entries.length)) {
      return { kind: "hand_in", url: this.exam.hand_in_url, entries };
    }
    if (entries.length) return { kind: "save", url: this.exam.save_url, entries };
    if (this.asking) return { kind: "state", url: this.exam.state_url, entries };
    return null;
  }

  async _next() {
    const job = this._job();
    if (!job) return;
    this.flying = true;
    this.on.change();
    const body = job.kind === "state" ? null : { entries: job.entries.map(onTheWire) };
    const outcome = await call(job.url, this.exam.token, body, { clock: this.clock });
    this.flying = false;
    const progressed = this._take(job, outcome);
    this.on.change();
    if (this.stopped) return;
    if (progressed) this.kick();
    else this.timer = setTimeout(() => this.kick(), this._pause());
  }

  _take(job, outcome) {
    let kind = outcome.kind;
    if (kind === "ok" && !this._absorb(job, outcome.body)) kind = "busy";
    if (kind === "rejected") this._isolate(job, outcome);
    if (kind === "forbidden") {
      this.stop();
      this.on.forbidden(outcome);
    }
    this.lastKind = kind;
    const failed = kind === "offline" || kind === "busy";
    this.failures = failed ? this.failures + 1 : 0;
    return !failed;
  }

  /** Take an answer in; false when it settled nothing of what was sent. */
  _absorb(job, body) {
    const settled = new Set();
    for (const result of body.results || []) {
      const entry = job.entries.find((one) => one.seq === result.seq);
      if (!entry || !this.journal.pending.includes(entry)) continue;
      settled.add(result.seq);
      if (result.outcome === "refused") this.on.refused(entry, result);
      else this.on.stored(entry, result);
    }
    this.journal.settle(settled);
    if (job.kind === "state") this.asking = false;
    if (job.kind === "hand_in") this.handingIn = false;
    if (!this.journal.pending.length) {
      this.batch = BATCH;
      if (job.entries.length) this.savedAt = Date.parse(body.server_now);
    }
    this.on.body(body, job);
    return job.kind !== "save" || settled.size > 0 || !job.entries.some((one) => this.journal.pending.includes(one));
  }

  /** One entry must not hold up the rest: find the one the server will not take. */
  _isolate(job, outcome) {
    if (job.kind === "state") {
      this.asking = false;
    } else if (!job.entries.length) {
      this.handingIn = false;
      this.on.handInRejected(outcome);
    } else if (job.entries.length > 1 || job.kind === "hand_in") {
      this.batch = 1;
    } else {
      const entry = job.entries[0];
      this.journal.settle(new Set([entry.seq]));
      this.on.refused(entry, outcome);
    }
  }

  _pause() {
    const ending = Math.abs(this.exam.due - this.clock.now()) < END_MS;
    const longest = ending ? LONGEST_WAIT_AT_THE_END_MS : LONGEST_WAIT_MS;
    return Math.min(longest, 500 * Math.pow(2, this.failures)) * (0.5 + Math.random() / 2);
  }
}
