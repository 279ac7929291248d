// The live screen: asks what changed, every few seconds, by short requests that hold nothing open.

const SOONEST = 5000;
const LATEST = 30000;

const live = document.getElementById("live");
const status = document.getElementById("live-status");
let since = live.dataset.now;
let etag = null;
let wait = SOONEST;
let timer = 0;

function address(from) {
  const url = new URL(live.dataset.url, location.href);
  if (from) url.searchParams.set("since", from);
  return url;
}

/** A row as the server drew it: from our own template, with everything in it escaped there. */
function drawn(html) {
  const holder = document.createElement("template");
  holder.innerHTML = html.trim();
  return holder.content.firstElementChild;
}

function showCounts(counts) {
  document.querySelectorAll("[data-count]").forEach((place) => {
    const text = String(counts[place.dataset.count]);
    if (place.textContent !== text) place.textContent = text;
  });
}

/** Put the rows in the server's order; false when one is missing here. */
function showRows(found) {
  const body = live.querySelector("tbody");
  if (!body) return found.ids.length === 0;
  const kept = new Map(Array.from(body.children, (row) => [row.dataset.id, row]));
  const rows = found.ids.map((id) => {
    const html = found.rows[id];
    const before = kept.get(String(id));
    if (!html) return before;
    const row = drawn(html);
    if (before && before.contains(document.activeElement)) return refocus(before, row);
    return row;
  });
  if (rows.some((row) => !row)) return false;
  const inPlace = rows.length === body.children.length && rows.every((row, index) => row === body.children[index]);
  if (!inPlace) {
    rows.forEach((row, index) => {
      if (body.children[index] !== row) body.insertBefore(row, body.children[index] || null);
    });
    while (body.children.length > rows.length) body.removeChild(body.lastChild);
  }
  return true;
}

/** A new drawing must not take the focus away: the cells move, the link that has it stays. */
function refocus(before, row) {
  Array.from(row.children).forEach((cell, index) => {
    if (!before.children[index].contains(document.activeElement)) before.replaceChild(cell.cloneNode(true), before.children[index]);
  });
  return before;
}

async function ask(from) {
  const headers = etag ? { "If-None-Match": etag } : {};
  const answer = await fetch(address(from), { headers, cache: "no-store" });
  const next = answer.headers.get("X-Since");
  if (answer.status === 304) return next;
  if (!answer.ok) throw new Error("status " + answer.status);
  const found = await answer.json();
  etag = answer.headers.get("ETag");
  showCounts(found.counts);
  if (!showRows(found)) {
    if (!from) location.reload();
    else return ask(null);
  }
  if (Object.keys(found.rows).length) wait = SOONEST;
  return next;
}

function time() {
  const now = new Date();
  return [now.getHours(), now.getMinutes(), now.getSeconds()].map((n) => (n < 10 ? "0" : "") + n).join(":");
}

async function follow() {
  clearTimeout(timer);
  if (document.hidden) return;
  try {
    since = (await ask(since)) || since;
    status.textContent = status.dataset.live.replace("{time}", time());
    wait = Math.min(LATEST, wait * 1.2);
  } catch (error) {
    status.textContent = status.dataset.broken;
    wait = Math.min(LATEST, wait * 2);
  }
  timer = setTimeout(follow, wait * (0.8 + Math.random() * 0.4));
}

document.addEventListener("visibilitychange", () => {
  wait = SOONEST;
  follow();
});
timer = setTimeout(follow, SOONEST);
