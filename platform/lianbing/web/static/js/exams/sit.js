// The exam page: brings the clock, the journal, its sender and the sitting together, and starts.

import { pageLoadSpan, ServerClock } from "./clock.js";
import { byId, el, fill } from "./elements.js";
import { Ending } from "./ending.js";
import { Hall } from "./hall.js";
import { listenToKeys } from "./keys.js";
import { findLeftovers, sendGroup } from "./leftovers.js";
import { notify } from "./notices.js";
import { arrange, loadPaper } from "./paper.js";
import { Sender } from "./sender.js";
import { reloadButton, ServerWord } from "./server_word.js";
import { openHandIn, openSheet } from "./sheet.js";
import { Sitting } from "./sitting.js";
import { DeviceStore } from "./store.js";
import { claimTab } from "./tabs.js";
import { Timer } from "./timer.js";
import { say } from "./words.js";

/** What opens this page again without a network; a page that lacks it goes on all the same. */
function reopening(work) {
  return import("./reopen.js").then(work).catch(() => null);
}

/** What this page sits: told by the server with the page, else kept on this device. */
function readExam() {
  const exam = JSON.parse(byId("exam-data").textContent);
  return exam.attempt ? exam : reopening((reopen) => reopen.readKept());
}

function compose(exam) {
  byId("person-name").textContent = exam.person_name || ""; // an empty page of the waiting room names nobody
  exam.due = Date.parse(exam.due_at);
  const clock = new ServerClock();
  clock.learn(Date.parse(exam.server_now), ...(exam.span || pageLoadSpan()));
  clock.doubtful = Boolean(exam.kept);
  const sitting = new Sitting(exam, clock, new DeviceStore());
  const server = new ServerWord(sitting, byId("sitting").dataset.lobby);
  const ending = new Ending(sitting);
  const sender = new Sender(sitting.journal, exam, clock, {
    body: (body, job) => server.body(body, job),
    refused: (entry, result) => server.notStored(entry, result),
    stored: (entry, result) => server.stored(entry, result),
    forbidden: (outcome) => server.tokenRefused(outcome),
    handInRejected: (outcome) => ending.rejected(outcome),
    change: () => sitting.refresh(),
  });
  const timer = new Timer(clock, exam, { ask: () => sender.ask(), zero: () => ending.timeUp() });
  const hall = new Hall(exam, clock, {
    ask: () => sender.ask(),
    heard: (body) => server.body(body, { kind: "state" }),
    veil: (covered) => sitting.cover(covered),
  });
  return Object.assign(sitting, { server, ending, sender, timer, hall });
}

function wireControls(sitting) {
  const { desk, card, ending } = sitting;
  const go = (place) => sitting.go(place);
  const keys = listenToKeys({
    choose: (index) => sitting.isAnswering() && card.choose(index),
    move: (step) => go(desk.place + step),
    flag: () => sitting.isAnswering() && desk.questions.length > 0 && sitting.toggleFlag(),
  });
  byId("previous").addEventListener("click", () => go(desk.place - 1));
  byId("next").addEventListener("click", () => go(desk.place + 1));
  byId("flag").addEventListener("click", () => sitting.toggleFlag());
  byId("take-break").addEventListener("click", () => sitting.hall.rests("start"));
  byId("open-sheet").addEventListener("click", () => openSheet(desk, go, keys));
  byId("hand-in").addEventListener("click", () => {
    card.commit();
    openHandIn(desk, go, () => ending.handIn());
  });
}

function wireDevice(sitting) {
  const { card, sender, timer } = sitting;
  const leaving = () => {
    card.commit();
    sender.flushOnLeave();
  };
  const back = () => {
    sender.ask();
    sender.kick();
    timer.tick();
  };
  window.addEventListener("online", () => sender.kick());
  window.addEventListener("offline", () => sitting.refresh());
  window.addEventListener("pagehide", leaving);
  document.addEventListener("visibilitychange", () => (document.visibilityState === "hidden" ? leaving() : back()));
  window.addEventListener("pageshow", (event) => {
    if (event.persisted) location.reload();
  });
  claimTab(sitting.key, () => {
    sitting.server.displaced("other_tab", reloadButton("continue_here", "primary"));
    sender.stop();
  });
}

/** What this browser gave under an earlier device number: sent as it is, and given again where nothing stands. */
async function adoptLeftovers(sitting) {
  const { desk, store, exam } = sitting;
  const groups = await findLeftovers(store, sitting.key);
  const earlier = new Map();
  groups
    .filter((group) => group.sitting.attempt === exam.attempt.id)
    .forEach((group) => group.entries.forEach((entry) => earlier.set(entry.question, entry.answer)));
  const missing = Array.from(earlier).filter(([number, answer]) => answer !== null && !desk.isAnswered(number));
  if (missing.length && sitting.isAnswering()) {
    missing.forEach(([number, answer]) => sitting.answer(number, answer));
    const list = missing.map(([number]) => desk.placeOf(number)).join(say("comma"));
    notify("adopted", "info", say("adopted", { list }));
    sitting.go(desk.place);
  }
  for (const group of groups) await sendGroup(store, group, { sent: 0, uncounted: 0, refused: 0 });
}

/** Only an exam with rules of conduct loads what watches over them. */
async function watchConduct(sitting) {
  const { exam, clock, server } = sitting;
  if (!exam.conduct || !exam.conduct.report.length) return;
  const { Conduct } = await import("./conduct.js");
  const heard = (body) => server.body(body, { kind: "state" });
  new Conduct(exam, clock, { heard, watching: () => sitting.isAnswering() }).watch();
  byId("sitting").dataset.watched = "true";
}

async function start() {
  const exam = await readExam();
  if (!exam) return;
  const sitting = compose(exam);
  if (sitting.exam.trial) import("./trial_notes.js").then(({ watchTrial }) => watchTrial(sitting.exam), () => {});
  wireControls(sitting);
  wireDevice(sitting);
  sitting.timer.tick();
  const [paper] = await Promise.all([exam.kept ? exam.kept.paper : loadPaper(exam), sitting.journal.open()]);
  if (!paper) fill(byId("card"), el("p", {}, say("over_offline"))); // opened again after its time
  else if (paper.kind) {
    sitting.server.tokenRefused(paper);
    return;
  } else {
    sitting.begin(arrange(paper, exam));
    watchConduct(sitting);
    if (!exam.mock) reopening((reopen) => reopen.keepHere(sitting, paper)); // a mock is not kept for without a network
  }
  if (exam.ask !== false) sitting.sender.ask(); // a first start has heard everything
  sitting.sender.kick();
  await adoptLeftovers(sitting);
}

start();
