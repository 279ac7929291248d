// The sealed copy of a paper: fetched early, the same bytes for everybody; opened by a key that
// travels at the opening. Needs a secure context; elsewhere the server sends the plain paper.

const SHELF = "lianbing-sealed-papers";
const LABEL = "lianbing.candidate-paper/1\n"; // as papers/sealing.py binds it
const NONCE_BYTES = 12;
const LENGTH_BYTES = 4;
const PATIENCE_MS = 12000;

export function canUnseal() {
  return Boolean(window.isSecureContext && window.crypto && crypto.subtle && window.caches && window.DecompressionStream);
}

async function fetchCopy(url) {
  const abort = new AbortController();
  const timer = setTimeout(() => abort.abort(), PATIENCE_MS);
  try {
    const response = await fetch(url, { credentials: "omit", redirect: "error", signal: abort.signal });
    if (!response.ok) throw new Error("status " + response.status);
    return await response.arrayBuffer();
  } finally {
    clearTimeout(timer);
  }
}

/** Have the sealed copy on this device; copies of other papers make room. */
export async function keepCopy(url) {
  const shelf = await caches.open(SHELF);
  if (await shelf.match(url)) return;
  const bytes = await fetchCopy(url);
  const old = await shelf.keys();
  await Promise.all(old.map((request) => shelf.delete(request)));
  await shelf.put(url, new Response(bytes));
}

async function keptCopy(url) {
  const kept = await (await caches.open(SHELF)).match(url);
  return kept ? kept.arrayBuffer() : fetchCopy(url);
}

function fromBase64(text) {
  return Uint8Array.from(atob(text), (letter) => letter.charCodeAt(0));
}

/** The paper out of its copy; raises when the copy was altered or the key is not its own. */
async function open(bytes, sealed) {
  const key = await crypto.subtle.importKey("raw", fromBase64(sealed.content_key), "AES-GCM", false, ["decrypt"]);
  const label = new TextEncoder().encode(LABEL + sealed.hash);
  const way = { name: "AES-GCM", iv: bytes.slice(0, NONCE_BYTES), additionalData: label };
  const plain = await crypto.subtle.decrypt(way, key, bytes.slice(NONCE_BYTES));
  const packed = plain.slice(LENGTH_BYTES, LENGTH_BYTES + new DataView(plain).getUint32(0));
  const stream = new Blob([packed]).stream().pipeThrough(new DecompressionStream("gzip"));
  return new Response(stream).json();
}

/** The paper, {url, content_key, hash} given; null when the server has to send it plain. */
export async function openCopy(sealed) {
  if (!sealed || !canUnseal()) return null;
  try {
    return await open(await keptCopy(sealed.url), sealed);
  } catch (error) {
    console.warn("the sealed copy does not open; asking for the plain paper", error);
    await caches.delete(SHELF);
    return null;
  }
}
