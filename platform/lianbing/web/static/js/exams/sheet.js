// The answer sheet and the hand-in question: what is answered, flagged, still empty.

import { closeDialog, openDialog } from "./dialog.js";
import { el } from "./elements.js";
import { say } from "./words.js";

function cell(question, desk, onGo) {
  const answered = desk.isAnswered(question.number);
  const flagged = desk.isFlagged(question.number);
  const states = [say(answered ? "answered" : "unanswered"), flagged ? say("flagged") : null].filter(Boolean);
  return el("button", {
    type: "button",
    class: "cell" + (answered ? " cell-answered" : "") + (flagged ? " cell-flagged" : ""),
    "aria-label": say("cell", { n: question.place, states: states.join(say("comma")) }),
    "aria-current": question.place === desk.place ? "step" : null,
    onclick: () => onGo(question.place),
  }, String(question.place));
}

function sample(className, word) {
  return el("li", {}, el("span", { class: "cell " + className, "aria-hidden": "true" }, "1"), " " + word);
}

/** The whole sheet: a legend, then a button for each question under its type. */
export function sheetContent(desk, onGo) {
  const kinds = Array.from(new Set(desk.questions.map((question) => question.type)));
  return [
    el("ul", { class: "legend" }, sample("cell-answered", say("answered")), sample("", say("unanswered")),
      sample("cell-flagged", say("flagged"))),
    ...kinds.map((kind) =>
      el("section", { class: "cells" }, el("h3", {}, say(kind)),
        ...desk.questions.filter((question) => question.type === kind).map((question) => cell(question, desk, onGo)))),
  ];
}

/** Open the sheet over the page. */
export function openSheet(desk, onGo, shortcuts) {
  const go = (place) => {
    closeDialog();
    onGo(place);
  };
  const box = el("input", { type: "checkbox", onchange: () => shortcuts.set(box.checked) });
  box.checked = shortcuts.on();
  const keys = el("label", { class: "keys-switch" }, box, " " + say("keys_switch"));
  openDialog(say("sheet"), say("close"), "sheet", ...sheetContent(desk, go), keys, el("p", { class: "muted keys-hint" }, say("keys_hint")));
}

function listing(desk, word, places, onGo) {
  if (!places.length) return null;
  return el("section", { class: "cells" }, el("h3", {}, say(word, { n: places.length })),
    ...places.map((place) => cell(desk.questions[place - 1], desk, onGo)));
}

/** Ask before handing in, naming what is unanswered and flagged. */
export function openHandIn(desk, onGo, onHandIn) {
  const go = (place) => {
    closeDialog();
    onGo(place);
  };
  const empty = desk.questions.filter((question) => !desk.isAnswered(question.number)).map((question) => question.place);
  const flagged = desk.questions.filter((question) => desk.isFlagged(question.number)).map((question) => question.place);
  const total = desk.questions.length;
  const confirm = () => {
    closeDialog();
    onHandIn();
  };
  openDialog(say("hand_in_title"), say("close"), "sheet",
    el("p", {}, empty.length ? say("answered_of", { n: total - empty.length, total }) : say("all_answered", { total })),
    listing(desk, "list_unanswered", empty, go),
    listing(desk, "list_flagged", flagged, go),
    el("p", {}, say("hand_in_final")),
    el("div", { class: "dialog-actions" },
      el("button", { type: "button", class: "btn btn-secondary", onclick: closeDialog }, say("keep_answering")),
      el("button", { type: "button", class: "btn btn-primary", id: "confirm-hand-in", onclick: confirm }, say("hand_in_now"))));
}
