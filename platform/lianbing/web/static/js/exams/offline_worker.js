// The service worker of the exam page: lets it open again while the server cannot be reached.
//
// The network always comes first, so an update of the product is never held up. Only the page of
// a sitting that this device keeps, and the files that page needs, are ever answered from here; a
// page that came from the shelf gets its files from the same shelf, so versions do not mix. What
// lies on the shelf, and when it is cleared, is decided in keep.js. Nothing is ever put there here.

const PAGE = /^\/exams\/\d+\/(trial\/)?sit$/;
const FILES = /^\/(static|bootstrap)\//;
const SHELF = "lianbing-exam-page-";
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

async function answerPage(event, url) {
  const copy = await find(url.pathname);
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
    if (PAGE.test(url.pathname)) event.respondWith(answerPage(event, url));
  } else if (FILES.test(url.pathname)) {
    event.respondWith(answerFile(event, url));
  }
});
