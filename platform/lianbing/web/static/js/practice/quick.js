// Answers of a drill by the small endpoint: a few hundred bytes each way, and the server's word
// drawn here. The key comes with that word and never before. Where anything is amiss the caller
// takes the plain way, which knows everything.

import { el } from "../exams/elements.js";
import { say } from "../exams/words.js";
import { feedback } from "./feedback.js";

/** The drill's token, and its questions by position. */
export function opened(told) {
  return { token: told.token, asked: new Map(told.questions.map((row) => [row.position, row.asked])) };
}

export function nothingChosen() {
  return say("nothing_chosen");
}

function chosen(form, prefix) {
  return Array.from(form.querySelectorAll('[name="' + prefix + 'answer"]:checked'), (input) => input.value);
}

function numbered(form, name, count) {
  const values = [];
  for (let place = 1; place <= count; place += 1) values.push(form.querySelector('[name="' + name + "-" + place + '"]').value);
  return values;
}

/** What stands in the form of a question, in the shape the endpoint takes. */
export function answerIn(form, asked, prefix = "") {
  const values = chosen(form, prefix);
  switch (asked.type) {
    case "single_choice": return values.length ? values[0] : null;
    case "multiple_choice": return values.length ? values.sort() : null;
    case "true_false": return values.length ? values[0] === "true" : null;
    case "fill_blank": return numbered(form, prefix + "blank", asked.blanks).map((text) => text.trim());
    case "matching": return numbered(form, "match", asked.prompts.length);
    case "ordering": return Array.from(form.querySelectorAll('[name="order"]'), (input) => input.value);
    case "case": return asked.parts.map((part, place) => answerIn(form, part, "part-" + (place + 1) + "-"));
    default: return null;
  }
}

/** Send one answer; the server's word about it, or null where the plain way must be taken. */
export async function send(drill, position, answer, gaveUp) {
  const response = await fetch("/api/practice/answer", {
    method: "POST",
    headers: { "Content-Type": "application/json", "X-Drill-Token": drill.token },
    credentials: "omit",
    body: JSON.stringify({ answers: [{ position, answer, gave_up: gaveUp }] }),
  });
  if (response.status >= 500) throw new Error("not now");
  if (!response.ok) return null;
  const told = (await response.json()).results[0];
  return told.verdict || told.refused === "nothing_chosen" ? told : null;
}

/** Draw the feedback into the part that asked; `extras()` brings what is shown on request only. */
export function draw(part, asked, told, extras) {
  const needed = part.dataset.needed;
  const note = told.change === "none" ? "" : say("note_" + told.change, { streak: told.streak, needed });
  const { head, node } = feedback(asked, told.key, told.answer, told.verdict, note);
  const room = el("div", {});
  const more = el("button", { type: "button", class: "btn btn-quiet", "aria-label": say("more_about"), onclick: () => {
    more.remove();
    extras(room);
  } }, say("more"));
  const next = el("a", { class: "btn btn-primary btn-wide", href: part.dataset.nextUrl, "data-next": true }, el("span", {}, say(part.dataset.ahead ? "next_question" : "see_how")));
  const old = Array.from(part.children).filter((child) => !child.classList.contains("drill-head"));
  old.forEach((child) => child.remove());
  part.append(node, room, el("div", { class: "drill-ways drill-ways-sticky" }, next, more));
  const bar = part.querySelector("progress");
  bar.value += 1;
  window.scrollTo(0, 0);
  head.focus({ preventScroll: true });
}
