// Where records wait on this device: IndexedDB, else localStorage, else nowhere but in memory.
//
// Two kinds, both keyed: "entry" (an answer the server has not acknowledged) and "sitting"
// (what is needed to send a sitting's entries later, from any page of the site).

const NAME = "lianbing-exams";
const KINDS = ["entry", "sitting"];
const PATIENCE_MS = 2000; // some browsers never answer an open request

function within(ms, promise) {
  return Promise.race([
    promise,
    new Promise((resolve, reject) => setTimeout(() => reject(new Error("timeout")), ms)),
  ]);
}

function openDatabase() {
  return within(
    PATIENCE_MS,
    new Promise((resolve, reject) => {
      const request = indexedDB.open(NAME, 1);
      request.onupgradeneeded = () => {
        KINDS.forEach((kind) => request.result.createObjectStore(kind, { keyPath: "key" }));
      };
      request.onsuccess = () => resolve(request.result);
      request.onerror = () => reject(request.error);
    })
  );
}

function localKey(kind, key) {
  return "lianbing." + kind + "." + key;
}

export class DeviceStore {
  constructor() {
    this.opening = null;
  }

  async _run(kind, mode, work) {
    if (!this.opening) this.opening = openDatabase();
    const database = await this.opening;
    return within(
      PATIENCE_MS,
      new Promise((resolve, reject) => {
        const transaction = database.transaction(kind, mode);
        const request = work(transaction.objectStore(kind));
        transaction.oncomplete = () => resolve(request && request.result);
        transaction.onabort = transaction.onerror = () => reject(transaction.error);
      })
    );
  }

  /** Keep a record; false when this device can keep nothing. */
  async put(kind, record) {
    try {
      await this._run(kind, "readwrite", (store) => store.put(record));
      return true;
    } catch (error) {
      return this.putNow(kind, record);
    }
  }

  /** Keep a record before the next line runs: for a page that is about to vanish. */
  putNow(kind, record) {
    try {
      localStorage.setItem(localKey(kind, record.key), JSON.stringify(record));
      return true;
    } catch (error) {
      return false;
    }
  }

  async remove(kind, keys) {
    try {
      keys.forEach((key) => localStorage.removeItem(localKey(kind, key)));
    } catch (error) {
      // nothing was kept there
    }
    try {
      await this._run(kind, "readwrite", (store) => {
        keys.forEach((key) => store.delete(key));
      });
    } catch (error) {
      // what stays behind is sent again one day, and a repeat is harmless
    }
  }

  /** Every record of a kind, from both places. */
  async all(kind) {
    const found = new Map();
    try {
      const rows = await this._run(kind, "readonly", (store) => store.getAll());
      rows.forEach((row) => found.set(row.key, row));
    } catch (error) {
      // the other place may still have some
    }
    try {
      const prefix = localKey(kind, "");
      Object.keys(localStorage)
        .filter((name) => name.indexOf(prefix) === 0)
        .forEach((name) => {
          const row = JSON.parse(localStorage.getItem(name));
          found.set(row.key, row);
        });
    } catch (error) {
      // no localStorage here
    }
    return Array.from(found.values());
  }
}
