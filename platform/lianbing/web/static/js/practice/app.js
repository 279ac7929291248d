// The page of offline practice: what lies on this device, and practising it, with or without a network.

import { el, fill } from "../exams/elements.js";
import { say } from "../exams/words.js";
import { verdictOf } from "./marking.js";
import { Player } from "./player.js";
import { canKeep, owner, person } from "./shelf.js";
import { noteAnswer, readPack, waiting } from "./store.js";
import { SignedOut, sync } from "./sync.js";

const root = document.getElementById("offline");
const state = document.getElementById("offline-state");
const build = root.dataset.build;
let playing = false;

function dayOf(instant) {
  const two = (number) => (number < 10 ? "0" : "") + number;
  return instant.getFullYear() + "-" + two(instant.getMonth() + 1) + "-" + two(instant.getDate());
}

function told(kind, key, values) {
  state.dataset.state = kind;
  state.textContent = say(key, values);
}

/** What an answer does to a question on this device, until the server says how it stands. */
function movedBy(before, verdict) {
  return { verdict, times: (before ? before.times : 0) + 1, day: dayOf(new Date()) };
}

function answered(pack, mode) {
  return async ({ item, answer, rating, gaveUp }) => {
    const verdict = item.asked.type === "short_answer" && !gaveUp ? rating : verdictOf(item.key, answer);
    const entry = { question: item.id, version: item.version, answer, rating, gave_up: gaveUp, mode, at: new Date().toISOString() };
    const moved = movedBy(pack.moved[item.id], verdict);
    try {
      await noteAnswer(person(), item.id, entry, moved);
    } catch (error) {
      throw new Error(say("not_stored"));
    }
    pack.moved[item.id] = moved;
    pack.tally.push(verdict);
    return { key: item.key, answer, verdict, note: say("kept_here") };
  };
}

function play(pack, ids, mode) {
  playing = true;
  state.hidden = true;
  pack.tally = [];
  const items = ids.map((id) => Object.assign({ id }, pack.pack.questions[id]));
  const over = () => summary(pack);
  new Player(root, { items, first: 1, length: items.length, answered: answered(pack, mode), modelOf: (item) => item.key.model, over }).show();
}

function summary(pack) {
  state.hidden = false;
  const right = pack.tally.filter((verdict) => verdict === "right").length;
  fill(root, el("section", { class: "card-sheet" },
    el("h2", { tabindex: "-1" }, say("result", { right, total: pack.tally.length })),
    el("p", {}, say("no_points")),
    el("button", { type: "button", class: "btn btn-primary btn-wide", onclick: () => list() }, say("back"))));
  root.querySelector("h2").focus();
  refresh();
}

function isDone(pack, id) {
  return Boolean(pack.moved[id]) && pack.moved[id].verdict === "right";
}

function row(pack, title, ids, mode) {
  const left = ids.filter((id) => !isDone(pack, id));
  const button = left.length
    ? el("button", { type: "button", class: "btn btn-secondary", onclick: () => play(pack, left.slice(0, 10), mode) }, say("start", { n: Math.min(10, left.length) }))
    : el("span", { class: "state state-good" }, "✓ " + say("done"));
  return el("li", { class: "scope-row" }, el("div", { class: "scope-about" }, el("p", { class: "scope-title" }, title),
    el("p", { class: "small scope-figures" }, say("done_of", { done: ids.length - left.length, total: ids.length }))), button);
}

function titleOf(day) {
  const today = dayOf(new Date());
  if (day === today) return say("today");
  const named = new Date(day + "T12:00:00").toLocaleDateString(document.documentElement.lang, { month: "long", day: "numeric", weekday: "short" });
  return say(day < today ? "missed_day" : "for_day", { day: named });
}

/** The days and the wrong book; a plain word where there is nothing, or nothing of this person. */
async function list() {
  playing = false;
  state.hidden = false;
  const pack = owner() === person() ? await readPack(person()) : null;
  if (!pack) {
    fill(root, el("p", { class: "notice" }, say(navigator.onLine ? "nothing_yet" : "nothing_here")));
    return;
  }
  const { days, book, bank } = pack.pack;
  const rows = days.filter((day) => day.questions.length).map((day) => row(pack, titleOf(day.day), day.questions, "daily"));
  if (book.length) rows.push(row(pack, say("wrong_book"), book, "wrong_book"));
  fill(root, el("p", { class: "muted" }, bank), el("ul", { class: "scope-list" }, rows),
    rows.length ? null : el("p", { class: "notice" }, say("nothing_to_drill")));
}

/** Say what is still to be sent, and try to; what came new is shown unless a question stands there. */
async function refresh() {
  const before = await waiting(person());
  if (before.length) told("waiting", "waiting", { n: before.length });
  try {
    const sent = await sync(build);
    told("sent", sent ? "sent" : "fresh", { n: sent });
    if (!playing) await list();
  } catch (error) {
    const left = (await waiting(person())).length;
    if (error instanceof SignedOut) told("signed-out", left ? "sign_in_to_send" : "sign_in", { n: left });
    else told("offline", left ? "offline_waiting" : "offline", { n: left });
  }
}

async function start() {
  if (!canKeep()) {
    told("insecure", "insecure");
    fill(root, el("a", { class: "btn btn-primary", href: "/practice/" }, say("practise_online")));
    return;
  }
  await list();
  await refresh();
}

window.addEventListener("online", () => refresh());
start();
