// The page of offline practice with its files, on a shelf (Cache API), and whose it is.
//
// Kept for one person. All of it goes when somebody else or nobody is signed in, or signing out is
// pressed; a question never lies on the shelf, only in the pack (store.js), which goes with it.

import { clearPack } from "./store.js";

const SHELF = "lianbing-practice-";
const OWNER = "lianbing.practice.owner";
const WORKER = "/practice/worker.js";
export const PAGE = "/practice/offline/";

/** Whether this browser can open practice without a network. */
export function canKeep() {
  return Boolean(window.isSecureContext && navigator.serviceWorker && window.caches && window.indexedDB);
}

export function person() {
  return document.body.dataset.person || "";
}

export function owner() {
  try {
    return localStorage.getItem(OWNER);
  } catch (error) {
    return null;
  }
}

async function shelves() {
  return (await caches.keys()).filter((name) => name.indexOf(SHELF) === 0);
}

/** Forget everything that is kept here but answers that their person has still to send. */
export async function forgetAll() {
  localStorage.removeItem(OWNER);
  await clearPack();
  await Promise.all((await shelves()).map((name) => caches.delete(name)));
}

/** This device keeps for the person of this page from here on, and for nobody else. */
export async function claim() {
  if (owner() === person()) return;
  await forgetAll();
  localStorage.setItem(OWNER, person());
}

/** A page with all it needs: its links and scripts, and every module that these import. */
async function put(shelf, address, seen) {
  if (seen.has(address)) return;
  seen.add(address);
  let answer = await shelf.match(address, { ignoreVary: true });
  if (!answer) {
    answer = await fetch(address, { redirect: "error" });
    if (!answer.ok) throw new Error("status " + answer.status);
    await shelf.put(address, answer.clone());
  }
  if (!/\.js(\?|$)/.test(address)) return;
  const names = Array.from((await answer.text()).matchAll(/(?:from |import\()"(\.[\w./-]+)"/g), (found) => found[1]);
  await Promise.all(names.map((name) => put(shelf, new URL(name, address).href, seen)));
}

/** Put the page and its files on the shelf of their version, and clear older shelves. */
export async function shelve(build) {
  await navigator.serviceWorker.register(WORKER, { scope: "/practice/" });
  const name = SHELF + build;
  const shelf = await caches.open(name);
  if (await shelf.match(PAGE, { ignoreVary: true })) return;
  const answer = await fetch(PAGE, { redirect: "error", credentials: "same-origin" });
  if (!answer.ok) throw new Error("status " + answer.status);
  const page = new DOMParser().parseFromString(await answer.clone().text(), "text/html");
  if (page.body.dataset.person !== person()) return;
  const links = Array.from(page.querySelectorAll("link[rel=stylesheet], link[rel=icon]"), (link) => link.getAttribute("href"));
  const scripts = Array.from(page.querySelectorAll("script[src]"), (script) => script.getAttribute("src"));
  const seen = new Set();
  await Promise.all(links.concat(scripts).map((address) => put(shelf, new URL(address, location.href).href, seen)));
  await shelf.put(PAGE, answer);
  const old = (await shelves()).filter((other) => other !== name);
  await Promise.all(old.map((other) => caches.delete(other)));
}
