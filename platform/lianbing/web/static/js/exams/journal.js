// The device's own journal: what this candidate answered and the server has not yet acknowledged.
//
// An entry's number is strictly increasing per (attempt, device) and never used twice, also
// across reloads and between two tabs: the last number handed out lies in localStorage.

export class Journal {
  constructor(store, sitting, nextSeq) {
    this.store = store;
    this.sitting = sitting; // {key, attempt, device, token, save_url, …}
    this.pending = []; // in order of seq
    this.kept = true; // false once an entry could be kept in memory only
    this.last = nextSeq - 1;
  }

  /** Take up what an earlier page of this sitting left unacknowledged. */
  async open() {
    const entries = await this.store.all("entry");
    this.pending = entries
      .filter((entry) => entry.sitting === this.sitting.key)
      .sort((a, b) => a.seq - b.seq);
    this.pending.forEach((entry) => {
      entry.stored = true;
      this.last = Math.max(this.last, entry.seq);
    });
    this.kept = await this.store.put("sitting", this.sitting);
  }

  _nextSeq() {
    const name = "lianbing.seq." + this.sitting.key;
    try {
      this.last = Math.max(this.last, Number(localStorage.getItem(name)) || 0);
      localStorage.setItem(name, String(this.last + 1));
    } catch (error) {
      // memory alone then; the server's next_seq guards a reload
    }
    this.last += 1;
    return this.last;
  }

  /** Note an answer; resolves once the device has it. */
  append(question, answer, at) {
    const seq = this._nextSeq();
    const entry = { key: this.sitting.key + "/" + seq, sitting: this.sitting.key, seq, question, answer, at };
    this.pending.push(entry);
    return this.store.put("entry", entry).then((kept) => {
      entry.stored = true;
      if (!kept) this.kept = false;
    });
  }

  /** How many questions have an answer the server has not acknowledged. */
  waiting() {
    return new Set(this.pending.map((entry) => entry.question)).size;
  }

  /** Before the page may vanish: write at once what the slower store has not confirmed. */
  secure() {
    this.pending.filter((entry) => !entry.stored).forEach((entry) => this.store.putNow("entry", entry));
  }

  /** The oldest entries the device has written, ready to send. */
  ready(limit) {
    const firstUnstored = this.pending.findIndex((entry) => !entry.stored);
    const written = firstUnstored < 0 ? this.pending : this.pending.slice(0, firstUnstored);
    return written.slice(0, limit);
  }

  /** Drop entries the server has answered for. */
  settle(seqs) {
    const gone = this.pending.filter((entry) => seqs.has(entry.seq));
    this.pending = this.pending.filter((entry) => !seqs.has(entry.seq));
    return this.store.remove("entry", gone.map((entry) => entry.key));
  }

  /** The sitting is over and nothing waits: leave no trace on a shared device. */
  async close() {
    if (this.pending.length) return;
    await this.store.remove("sitting", [this.sitting.key]);
    try {
      localStorage.removeItem("lianbing.seq." + this.sitting.key);
    } catch (error) {
      // nothing was kept there
    }
  }
}

/** An entry as it travels. */
export function onTheWire(entry) {
  return { seq: entry.seq, question: entry.question, answer: entry.answer, at: entry.at };
}
