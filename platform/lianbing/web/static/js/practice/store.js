// What practice keeps on this device: one person's pack, and the journal of answers not yet sent.
//
// An answer is keyed by (person, device number, sequence); the number is drawn in the transaction
// that stores the answer, so two tabs never give the same. The pack goes with its person; answers
// stay until the server has them, but nothing of them is shown to anybody else.

const DATABASE = "lianbing-practice";
const KEPT = "kept";
const JOURNAL = "journal";
const PATIENCE_MS = 5000;

function within(promise) {
  const late = new Promise((resolve, reject) => setTimeout(() => reject(new Error("timeout")), PATIENCE_MS));
  return Promise.race([promise, late]);
}

function opened() {
  return new Promise((resolve, reject) => {
    const request = indexedDB.open(DATABASE, 1);
    request.onupgradeneeded = () => {
      request.result.createObjectStore(KEPT, { keyPath: "key" });
      request.result.createObjectStore(JOURNAL, { keyPath: ["person", "device", "seq"] });
    };
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error);
  });
}

/** One transaction; `work(kept, journal)` returns a request or nothing, whose result is given back. */
async function run(mode, work) {
  const database = await within(opened());
  try {
    return await within(
      new Promise((resolve, reject) => {
        const transaction = database.transaction([KEPT, JOURNAL], mode);
        const request = work(transaction.objectStore(KEPT), transaction.objectStore(JOURNAL));
        transaction.oncomplete = () => resolve(request ? request.result : undefined);
        transaction.onabort = transaction.onerror = () => reject(transaction.error);
      })
    );
  } finally {
    database.close();
  }
}

export async function readPack(person) {
  const row = await run("readonly", (kept) => kept.get("pack"));
  return row && row.person === person ? row : null;
}

/** `moved`: what answers since then did to it on this device. */
export function keepPack(person, pack) {
  return run("readwrite", (kept) => kept.put({ key: "pack", person, pack, moved: {}, synced: Date.now() }));
}

/** Forget whose questions are here; unsent answers stay for their own person. */
export function clearPack() {
  return run("readwrite", (kept) => kept.delete("pack"));
}

export async function readDevice(person) {
  const row = await run("readonly", (kept) => kept.get("device:" + person));
  return row ? row.number : null;
}

/** Another number begins another journal; what is still to be sent keeps the one it was given under. */
export function keepDevice(person, number) {
  return run("readwrite", (kept) => kept.put({ key: "device:" + person, number, next: 1 }));
}

/** Note an answer, and what it did to the question here; all or nothing. */
export function noteAnswer(person, question, entry, moved) {
  return run("readwrite", (kept, journal) => {
    const device = kept.get("device:" + person);
    device.onsuccess = () => {
      const row = device.result;
      const numbered = Object.assign({ person, device: row.number, seq: row.next }, entry);
      journal.add(numbered);
      kept.put(Object.assign({}, row, { next: row.next + 1 }));
    };
    const pack = kept.get("pack");
    pack.onsuccess = () => {
      const row = pack.result;
      if (!row || row.person !== person) return;
      row.moved[question] = moved;
      kept.put(row);
    };
  });
}

/** What this person has not sent yet, in the order it was given. */
export async function waiting(person) {
  const rows = await run("readonly", (kept, journal) => journal.getAll());
  return rows.filter((row) => row.person === person);
}

export function dropSent(person, device, seqs) {
  return run("readwrite", (kept, journal) => {
    seqs.forEach((seq) => journal.delete([person, device, seq]));
  });
}
