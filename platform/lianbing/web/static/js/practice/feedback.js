// An answered question: what was given beside what is right, the explanation, its source.

import { el } from "../exams/elements.js";
import { rich } from "../exams/rich.js";
import { say } from "../exams/words.js";
import { fills, verdictOf } from "./marking.js";

const SIGNS = { right: "✓", partial: "◐", wrong: "✕", unanswered: "○", unmarked: "○" };

function optionRow(option, place, right, given, why) {
  const truth = option.value === true || option.value === false;
  const text = truth ? say(option.value ? "true" : "false") : rich(option.text, option.html);
  return el("li", { class: "question-option" + (right ? " is-right" : given ? " is-wrong" : "") },
    el("span", { class: "question-option-text" }, truth ? null : el("b", { class: "question-letter" }, String.fromCharCode(65 + place) + " "), text),
    right || given ? el("span", { class: "question-marks" },
      right ? el("span", { class: "state state-good" }, say("right_answer")) : null,
      given ? el("span", { class: "state" }, say("your_answer")) : null) : null,
    why && !right ? el("p", { class: "option-why" }, why) : null);
}

function options(asked, key, answer) {
  const wanted = key.letters || [key.value];
  const given = Array.isArray(answer) ? answer : [answer];
  return el("ul", { class: "question-options" }, asked.options.map((option, place) =>
    optionRow(option, place, wanted.indexOf(option.value) >= 0, given.indexOf(option.value) >= 0, (key.why || {})[option.value])));
}

function line(right, title, given, wanted) {
  return el("div", { class: "checked-blank " + (right ? "is-right" : "is-wrong") },
    el("dt", {}, (right ? "✓ " : "✕ "), title),
    el("dd", {}, given ? say("you_gave", { text: given }) : say("left_empty")),
    right && given === wanted ? null : el("dd", { class: "checked-accepted" }, say("right_was", { text: wanted })));
}

function blanks(key, answer) {
  return el("dl", { class: "checked-blanks" }, key.blanks.map((blank, place) => {
    const given = (answer && answer[place]) || "";
    return line(fills(blank, given), say("blank", { n: place + 1 }), given, blank.shown);
  }));
}

function pairs(asked, key, answer) {
  const texts = new Map(asked.options.map((option) => [option.value, option.text]));
  return el("dl", { class: "checked-blanks" }, asked.prompts.map((prompt, place) => {
    const own = answer ? answer[place] : "";
    return line(own === key.order[place], rich(prompt, asked.prompt_html[place]), texts.get(own) || "", texts.get(key.order[place]));
  }));
}

function steps(asked, key, answer) {
  const texts = new Map(asked.options.map((option) => [option.value, option]));
  return el("ol", { class: "checked-steps" }, key.order.map((letter, place) => {
    const right = Boolean(answer) && answer[place] === letter;
    const option = texts.get(letter);
    const at = answer ? answer.indexOf(letter) + 1 : 0;
    return el("li", { class: "checked-blank " + (right ? "is-right" : "is-wrong") }, (right ? "✓ " : "✕ ") + (place + 1) + ". ",
      rich(option.text, option.html), at && !right ? el("span", { class: "muted small" }, " " + say("you_put", { n: at })) : null);
  }));
}

function model(key, answer) {
  return [el("p", { class: "prose" }, say("you_gave", { text: answer || "–" })),
    el("section", { class: "model-answer" }, el("h3", {}, say("model_answer")), el("div", { class: "prose" }, rich(key.model.text, key.model.html)))];
}

/** A stem as it was asked; its blanks as ruled lines. */
function stem(asked) {
  const text = rich(asked.stem.replace(/\{\{(\d+)\}\}/g, "____($1)"), asked.html);
  if (asked.html) text.querySelectorAll("[data-blank]").forEach((mark) => mark.append("____(" + mark.dataset.blank + ")"));
  return el("div", { class: "question-stem" }, text);
}

function checked(asked, key, answer) {
  if (key.letters || "value" in key) return options(asked, key, answer);
  if (key.blanks) return blanks(key, answer);
  if (asked.type === "matching") return pairs(asked, key, answer);
  if (key.order) return steps(asked, key, answer);
  if (key.model) return model(key, answer);
  return key.parts.map((part, place) => {
    const own = answer ? answer[place] : null;
    const verdict = verdictOf(part, own);
    return el("section", { class: "case-part" }, stem(asked.parts[place]),
      el("p", { class: "summary-" + verdict }, SIGNS[verdict] + " " + say("verdict_" + verdict)), checked(asked.parts[place], part, own));
  });
}

/** All that is shown once there is an answer; `note` about the wrong book, where there is one. */
export function feedback(asked, key, answer, verdict, note) {
  const title = el("h2", {}, el("span", { "aria-hidden": "true" }, SIGNS[verdict] + " "), el("span", {}, say("verdict_" + verdict)));
  const source = key.source && say("source", { title: key.source.title, edition: key.source.edition }) + (key.source.clause ? " · " + key.source.clause : "");
  const head = el("div", { class: "verdict verdict-" + verdict, tabindex: "-1" }, title, note ? el("p", { class: "book-note" }, note) : null);
  return { head, node: el("div", { class: "feedback" },
    head,
    stem(asked),
    checked(asked, key, answer),
    el("section", { class: "explanation" }, el("h3", {}, say("explanation")),
      el("div", { class: "prose" }, rich(key.explanation.text, key.explanation.html)), source ? el("p", { class: "small" }, source) : null)) };
}
