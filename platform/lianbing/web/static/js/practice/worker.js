// The service worker of practice: lets its page open while the server cannot be reached.
//
// The network always comes first. Without it, any address of practice is answered by the one page
// on the shelf, which shows what lies on this device; files come from the same shelf. Nothing is
// ever put there here: shelf.js does that, and decides when it is cleared. Exams have a worker and
// shelves of their own, which this one never opens.

const PRACTICE = /^\/practice\//;
const FILES = /^\/(static|bootstrap)\//;
const PAGE = "/practice/offline/";
const SHELF = "lianbing-practice-";
const PATIENCE_MS = 6000;

const fromShelf = new Set(); // pages (client ids) that came from the shelf

function wait(ms) {
  return new Promise((resolve) => setTimeout(() => resolve(null), ms));
}

async function find(address) {
  const names = (await caches.keys()).filter((name) => name.indexOf(SHELF) === 0);
  for (const name of names) {
    const copy = await (await caches.open(name)).match(address, { ignoreVary: true });
    if (copy) return copy;
  }
  return null;
}

async function answerPage(event) {
  const copy = await find(PAGE);
  const asked = fetch(event.request);
  if (!copy) return asked;
  try {
    const answer = await Promise.race([asked, wait(PATIENCE_MS)]);
    if (answer && answer.status < 500) return answer;
  } catch (error) {
    // no network: the copy, then
  }
  asked.catch(() => null);
  fromShelf.add(event.resultingClientId);
  return copy;
}

async function answerFile(event, url) {
  const address = url.pathname + url.search;
  if (fromShelf.has(event.clientId)) return (await find(address)) || fetch(event.request);
  try {
    return await fetch(event.request);
  } catch (error) {
    const copy = await find(address);
    if (copy) return copy;
    throw error;
  }
}

self.addEventListener("install", () => self.skipWaiting());
self.addEventListener("activate", (event) => event.waitUntil(self.clients.claim()));
self.addEventListener("fetch", (event) => {
  const url = new URL(event.request.url);
  if (event.request.method !== "GET" || url.origin !== self.location.origin) return;
  if (event.request.mode === "navigate") {
    if (PRACTICE.test(url.pathname)) event.respondWith(answerPage(event));
  } else if (FILES.test(url.pathname)) {
    event.respondWith(answerFile(event, url));
  }
});
