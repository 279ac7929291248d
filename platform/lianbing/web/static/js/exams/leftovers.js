// Answers an earlier page kept on this device and could not send: any exam page sends them.

import { onTheWire } from "./journal.js";
import { call } from "./transport.js";

const BATCH = 200;
const FORGET_AFTER_MS = 30 * 24 * 3600 * 1000;

/** Nothing of a trial sitting is ever sent later: its questions are made up. */
function isTrial(sitting) {
  return String(sitting.attempt).indexOf("trial-") === 0;
}

/** The entries of every sitting but one, grouped: [{sitting, entries}]. */
export async function findLeftovers(store, exceptKey) {
  const [sittings, entries] = await Promise.all([store.all("sitting"), store.all("entry")]);
  const groups = sittings
    .filter((sitting) => sitting.key !== exceptKey)
    .map((sitting) => ({
      sitting,
      entries: entries.filter((entry) => entry.sitting === sitting.key).sort((a, b) => a.seq - b.seq),
    }));
  const old = groups.filter(({ sitting }) => isTrial(sitting) || Date.now() > sitting.due + FORGET_AFTER_MS);
  for (const { sitting, entries: stale } of old) {
    await store.remove("entry", stale.map((entry) => entry.key));
    await store.remove("sitting", [sitting.key]);
  }
  return groups.filter((group) => group.entries.length && !old.includes(group));
}

/** Try once to send a group; adds to the tally and returns whether nothing of it waits any more. */
export async function sendGroup(store, group, tally) {
  let batch = BATCH;
  while (group.entries.length) {
    const entries = group.entries.slice(0, batch);
    const outcome = await call(group.sitting.save_url, group.sitting.token, { entries: entries.map(onTheWire) });
    if (outcome.kind === "rejected" && entries.length > 1) {
      batch = 1;
      continue;
    }
    if (outcome.kind === "forbidden") {
      tally.refused += group.entries.length;
      return true;
    }
    const results = outcome.kind === "ok" ? outcome.body.results || []
      : outcome.kind === "rejected" ? [{ seq: entries[0].seq, outcome: "refused" }] : [];
    const settled = entries.filter((entry) => results.some((result) => result.seq === entry.seq));
    if (!settled.length) return false;
    results.forEach((result) => {
      const column = { counted: "sent", refused: "refused" }[result.outcome] || "uncounted";
      tally[column] += 1;
    });
    group.entries = group.entries.filter((entry) => !settled.includes(entry));
    await store.remove("entry", settled.map((entry) => entry.key));
  }
  await store.remove("sitting", [group.sitting.key]);
  try {
    localStorage.removeItem("lianbing.seq." + group.sitting.key);
  } catch (error) {
    // nothing was kept there
  }
  return true;
}
