// The device report after a trial's hand-in: examine what an exam needs, then send it.

import { byId } from "./elements.js";
import { canKeep, startWorker } from "./keep.js";
import { sebHeaders } from "./seb.js";
import { readNotes } from "./trial_notes.js";
import { canUnseal } from "./unseal.js";

const PINGS = 8;
const PAUSE_MS = 250;
const PATIENCE_MS = 12000;
const RETRY_MS = 4000;
const DAY_MS = 24 * 3600 * 1000;

const box = byId("trial-check");

function wait(ms) {
  return new Promise((resolve) => setTimeout(resolve, ms));
}

function within(ms, promise, otherwise) {
  return Promise.race([promise.catch(() => otherwise), wait(ms).then(() => otherwise)]);
}

/** One round trip: {ms, offset} or null; offset is the device's clock against the server's. */
async function ping() {
  const abort = new AbortController();
  const timer = setTimeout(() => abort.abort(), PATIENCE_MS);
  const sent = performance.now();
  try {
    const response = await fetch(box.dataset.state, {
      headers: Object.assign({ "X-Attempt-Token": box.dataset.token }, sebHeaders()),
      cache: "no-store",
      redirect: "error",
      signal: abort.signal,
    });
    const ms = performance.now() - sent;
    const answer = await response.json();
    return { ms: Math.round(ms), offset: Math.round(Date.now() - ms / 2 - Date.parse(answer.server_now)) };
  } catch (error) {
    return null;
  } finally {
    clearTimeout(timer);
  }
}

/** Write a record and read it back; a browser that says it has a database may still refuse it. */
function databaseWorks() {
  const name = "lianbing-trial";
  return new Promise((resolve) => {
    const request = indexedDB.open(name, 1);
    request.onupgradeneeded = () => request.result.createObjectStore("probe", { keyPath: "key" });
    request.onerror = () => resolve(false);
    request.onsuccess = () => {
      const work = request.result.transaction("probe", "readwrite");
      const read = (work.objectStore("probe").put({ key: 1 }), work.objectStore("probe").get(1));
      work.oncomplete = () => {
        const works = Boolean(read.result);
        request.result.close();
        indexedDB.deleteDatabase(name);
        resolve(works);
      };
      work.onerror = work.onabort = () => resolve(false);
    };
  });
}

/** How many of the things that the exam page calls are missing here. */
function missing() {
  const wanted = [window.AbortController, Object.fromEntries, [].flat, Promise.allSettled, window.TextEncoder, window.IntersectionObserver];
  return wanted.filter((one) => !one).length;
}

/** Whether the exam page's service worker really starts here, not only whether there could be one. */
async function workerStarts() {
  await startWorker();
  return Boolean((await navigator.serviceWorker.ready).active);
}

async function examine(pings) {
  const notes = readNotes(box.dataset.exam);
  const best = pings.reduce((a, b) => (b.ms < a.ms ? b : a));
  return {
    is_secure: Boolean(window.isSecureContext),
    indexed_db: await within(3000, Promise.resolve().then(databaseWorks), false),
    local_storage: notes.since > 0,
    kept_days: notes.since ? Math.max(0, Math.floor((Date.now() - notes.since) / DAY_MS)) : 0,
    unseals: canUnseal(),
    offline_reload: canKeep() && (await within(6000, Promise.resolve().then(workerStarts), false)),
    full_screen: Boolean(document.fullscreenEnabled),
    missing: missing(),
    clock_offset: best.offset,
    times: notes.times.concat(pings.map((one) => one.ms)),
    acknowledged: notes.acknowledged,
    failed: notes.failed,
    width: window.innerWidth,
    height: window.innerHeight,
  };
}

async function work() {
  const pings = [];
  while (pings.length < PINGS) {
    const one = await ping();
    byId("no-network").hidden = Boolean(one);
    byId("checking").hidden = !one;
    if (one) pings.push(one);
    await wait(one ? PAUSE_MS : RETRY_MS);
  }
  const form = byId("trial-report");
  form.querySelector("[name=report]").value = JSON.stringify(await examine(pings));
  form.submit();
}

work();
