// On the exam pages around the sitting: send what is still kept here, and say how that goes.

import { byId, el, fill } from "./elements.js";
import { findLeftovers, sendGroup } from "./leftovers.js";
import { DeviceStore } from "./store.js";
import { takeTally } from "./tally.js";
import { say } from "./words.js";

const ENTER_WAITS_MS = 8000;
const RETRY_MS = 5000;

const box = byId("leftovers");
const store = new DeviceStore();
const tally = takeTally();

function show(waiting, word) {
  const lines = [];
  if (waiting) lines.push(["warning", say(word, { n: waiting })]);
  if (tally.sent) lines.push(["info", say("leftovers_sent", { n: tally.sent })]);
  if (tally.uncounted) lines.push(["warning", say("leftovers_uncounted", { n: tally.uncounted })]);
  if (tally.refused) lines.push(["danger", say("leftovers_refused", { n: tally.refused })]);
  fill(box, lines.map(([kind, text]) => el("p", { class: "notice notice-" + kind }, text)));
}

function count(groups) {
  return groups.reduce((sum, group) => sum + group.entries.length, 0);
}

async function work(groups) {
  show(count(groups), "leftovers_sending");
  const waiting = [];
  for (const group of groups) {
    if (!(await sendGroup(store, group, tally))) waiting.push(group);
  }
  show(count(waiting), "leftovers_waiting");
  if (waiting.length) {
    const again = () => {
      clearTimeout(timer);
      window.removeEventListener("online", again);
      work(waiting);
    };
    const timer = setTimeout(again, RETRY_MS * (1 + Math.random()));
    window.addEventListener("online", again);
  }
}

/** Entering gives this device a new number: let what the old one still holds go first. */
function holdEntry(form, done) {
  let settled = false;
  done.then(() => {
    settled = true;
  });
  form.addEventListener("submit", (event) => {
    if (settled) return;
    event.preventDefault();
    form.querySelector("button").disabled = true;
    const patience = new Promise((resolve) => setTimeout(resolve, ENTER_WAITS_MS));
    Promise.race([done, patience]).then(() => {
      settled = true;
      if (form.requestSubmit) form.requestSubmit(); // so that the waiting room hears of it
      else form.submit();
    });
  });
}

show(0, "");
const done = findLeftovers(store, null).then((groups) => (groups.length ? work(groups) : null));
if (byId("enter")) holdEntry(byId("enter"), done.catch(() => null));
