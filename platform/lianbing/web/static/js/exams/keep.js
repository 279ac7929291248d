// What lets the exam page open again without a network: the empty page with its files on a shelf
// (Cache API), and the running attempt with its paper in a database of its own (IndexedDB).
//
// Kept for one person and one running attempt only. All of it goes when the attempt has ended, when
// somebody else or nobody is signed in, and the paper also once its time is over. Answers that are
// not yet sent lie in the journal, not here: they are never lost with it.

import { sebHeaders } from "./seb.js";

const DATABASE = "lianbing-attempt";
const STORE = "kept";
const SHELF = "lianbing-exam-page-";
const OWNER = "lianbing.kept.owner";
const WORKER = "/exams/offline.js";
const PAGE = /^\/exams\/\d+\/(trial\/)?sit$/;
const PATIENCE_MS = 3000;
const LATER = ["conduct.js", "unseal.js", "trial_notes.js", "keep.js", "reopen.js", "../countdown.js"]; // loaded when wanted

/** Whether this browser can open the page again without a network. */
export function canKeep() {
  return Boolean(window.isSecureContext && navigator.serviceWorker && window.caches && window.indexedDB);
}

function person() {
  return document.body.dataset.person || "";
}

function owner() {
  try {
    return localStorage.getItem(OWNER);
  } catch (error) {
    return null;
  }
}

function within(promise) {
  const late = new Promise((resolve, reject) => setTimeout(() => reject(new Error("timeout")), PATIENCE_MS));
  return Promise.race([promise, late]);
}

function opened() {
  return new Promise((resolve, reject) => {
    const request = indexedDB.open(DATABASE, 1);
    request.onupgradeneeded = () => request.result.createObjectStore(STORE, { keyPath: "key" });
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error);
  });
}

/** Run one piece of work on the store; resolves with the request's result once it is written. */
async function run(mode, work) {
  const database = await within(opened());
  try {
    return await within(
      new Promise((resolve, reject) => {
        const transaction = database.transaction(STORE, mode);
        const request = work(transaction.objectStore(STORE));
        transaction.oncomplete = () => resolve(request.result);
        transaction.onabort = transaction.onerror = () => reject(transaction.error);
      })
    );
  } finally {
    database.close();
  }
}

let claiming = null;

/** This device keeps for the person of this page from here on, and for nobody else; once a page. */
function claim() {
  const mark = () => localStorage.setItem(OWNER, person());
  if (!claiming) claiming = owner() === person() ? Promise.resolve() : forgetAll().then(mark);
  return claiming;
}

/** Forget everything that is kept here; what is not yet sent stays in the journal. */
export async function forgetAll() {
  claiming = null;
  try {
    localStorage.removeItem(OWNER);
    await run("readwrite", (store) => store.clear());
    const names = (await caches.keys()).filter((name) => name.indexOf(SHELF) === 0);
    await Promise.all(names.map((name) => caches.delete(name)));
  } catch (error) {
    // without its owner's mark nothing of it is ever shown
  }
}

export function startWorker() {
  return navigator.serviceWorker.register(WORKER, { scope: "/exams/" });
}

function filesOf(page) {
  const later = LATER.map((name) => new URL(name, import.meta.url).href);
  const links = Array.from(page.querySelectorAll("link[href]"), (link) => link.getAttribute("href"));
  const scripts = Array.from(page.querySelectorAll("script[src]"), (script) => script.getAttribute("src"));
  return new Set(links.concat(scripts, later).map((address) => new URL(address, location.href).href));
}

async function put(shelf, address) {
  if (await shelf.match(address, { ignoreVary: true })) return;
  const answer = await fetch(address, { redirect: "error" });
  if (!answer.ok) throw new Error("status " + answer.status);
  await shelf.put(address, answer);
}

/** Put the empty page under the address of the sitting, with its files; raises when one is missing. */
export async function keepPage(path, empty) {
  const page = new DOMParser().parseFromString(await empty.clone().text(), "text/html");
  const sitting = page.getElementById("sitting");
  if (!PAGE.test(path) || !sitting || !person() || page.body.dataset.person !== person()) return;
  await claim();
  await startWorker();
  const name = SHELF + sitting.dataset.build;
  const shelf = await caches.open(name);
  await Promise.all(Array.from(filesOf(page), (address) => put(shelf, address)));
  await shelf.put(path, empty);
  const old = (await caches.keys()).filter((other) => other.indexOf(SHELF) === 0 && other !== name);
  await Promise.all(old.map((other) => caches.delete(other)));
}

/** Whether the shelf holds this page in this version. */
async function isKept(path, build) {
  await claim();
  const shelf = await caches.open(SHELF + build);
  return Boolean(await shelf.match(path, { ignoreVary: true }));
}

/** Keeps one running attempt: the paper once, and what moves after each change. */
export class Keeper {
  constructor(sitting, paper) {
    this.sitting = sitting;
    this.path = location.pathname;
    this.gone = !canKeep() || !PAGE.test(this.path) || !person();
    if (!this.gone) this._begin(paper).catch(() => null);
  }

  async _begin(paper) {
    const exam = Object.assign({}, this.sitting.exam, { answers: {}, sealed: null, span: null, kept: null });
    await claim();
    await run("readwrite", (store) => (store.clear(), store.put({ key: this.path, person: person(), exam, paper })));
    await this._note();
  }

  /** Something moved: an answer, or the end. */
  note() {
    if (!this.gone) this._note().catch(() => null);
  }

  _note() {
    const { desk, exam, journal, clock } = this.sitting;
    return run("readwrite", (store) =>
      store.put({
        key: this.path + "#now",
        answers: Array.from(desk.answers),
        due: exam.due,
        next_seq: journal.last + 1,
        offset: clock.now() - Date.now(),
      })
    );
  }

  /** Whether the page itself lies on the shelf already, from the waiting room. */
  async isShelved(build) {
    return !this.gone && isKept(this.path, build);
  }

  /** Put the page itself on the shelf. */
  async shelve(shellUrl) {
    if (this.gone) return;
    const empty = await fetch(shellUrl, { headers: sebHeaders(), redirect: "error" });
    if (!empty.ok) throw new Error("status " + empty.status);
    await keepPage(this.path, empty);
  }

  forget() {
    this.gone = true;
    return forgetAll();
  }
}

/** The attempt that this device keeps for the page shown; null where there is none of this person. */
export async function restore() {
  if (!canKeep() || !person() || owner() !== person()) return null;
  const path = location.pathname;
  const rows = await run("readonly", (store) => store.getAll());
  const kept = rows.find((row) => row.key === path);
  const now = rows.find((row) => row.key === path + "#now");
  if (!kept || !now || kept.person !== person()) return null;
  const serverMs = Date.now() + now.offset;
  const isOver = serverMs > now.due + kept.exam.grace_seconds * 1000;
  if (isOver && kept.paper) {
    await run("readwrite", (store) => store.put(Object.assign({}, kept, { paper: null })));
  }
  const here = performance.now();
  return Object.assign(kept.exam, {
    answers: Object.fromEntries(now.answers),
    next_seq: now.next_seq,
    due_at: new Date(now.due).toISOString(),
    server_now: new Date(serverMs).toISOString(),
    span: [here, here],
    kept: { paper: isOver ? null : kept.paper },
  });
}
