// Sending what was answered without a network, and fetching the next days' questions.

import { canKeep, claim, person, shelve } from "./shelf.js";
import { dropSent, keepDevice, keepPack, readDevice, waiting } from "./store.js";

const AT_ONCE = 100;

export class SignedOut extends Error {}

/** Ask the API; `token` goes with what is posted. */
async function ask(path, body, token) {
  const headers = { Accept: "application/json" };
  if (body) {
    headers["Content-Type"] = "application/json";
    headers["X-CSRFToken"] = token;
  }
  const answer = await fetch("/api/practice/offline/" + path, {
    method: body ? "POST" : "GET",
    headers,
    credentials: "same-origin",
    redirect: "error",
    body: body && JSON.stringify(body),
  });
  if (answer.status === 403 || answer.status === 401) throw new SignedOut("signed out");
  if (!answer.ok) throw new Error("status " + answer.status);
  return answer.json();
}

/** Send the journal, oldest first, each device number by itself; what the server has is dropped. */
async function send(mine, token) {
  const rows = await waiting(mine);
  for (const device of new Set(rows.map((row) => row.device))) {
    const own = rows.filter((row) => row.device === device);
    for (let start = 0; start < own.length; start += AT_ONCE) {
      const entries = own.slice(start, start + AT_ONCE);
      const told = await ask("answers", { device, entries }, token);
      await dropSent(mine, device, told.results.map((result) => result.seq));
    }
  }
  return rows.length;
}

let running = null;

/** Send, then fetch the pack and shelve the page; how many answers were sent. One at a time. */
export function sync(build) {
  if (!running) {
    running = syncOnce(build);
    const over = () => {
      running = null;
    };
    running.then(over, over);
  }
  return running;
}

async function syncOnce(build) {
  const mine = person();
  if (!canKeep() || !mine) return 0;
  const { csrf, person: signedIn } = await ask("token");
  if (signedIn !== mine) throw new SignedOut("somebody else"); // in another tab since
  await claim();
  if ((await readDevice(mine)) === null) await keepDevice(mine, (await ask("device", {}, csrf)).device);
  const sent = await send(mine, csrf);
  await keepPack(mine, await ask("pack"));
  await shelve(build);
  return sent;
}
