// What a candidate answers with, type by type: {nodes, choose(index), reset()}, the last two where
// there is a use for them. A field tells `on.change(answer)` what was given, null for nothing,
// `on.draft(answer)` while it is typed and `on.settle()` when the typing is left.

import { choiceField } from "./choice_field.js";
import { el } from "./elements.js";
import { announce } from "./notices.js";
import { clozed, rich } from "./rich.js";
import { say } from "./words.js";

const LONGEST_TEXT = "2000";
const PLAIN_TYPING = { autocomplete: "off", autocapitalize: "off", autocorrect: "off", spellcheck: "false" };

function legend(question) {
  return el("legend", { class: "stem" }, rich(question.stem, question.html));
}

/** Listeners of a text that is told once it is no half word. */
function typing(tell, on) {
  const typed = (event) => {
    if (event.type === "input" && event.isComposing) return; // half a Chinese word is no answer
    tell();
  };
  return { oninput: typed, oncompositionend: typed, onblur: () => on.settle() };
}

function blankField(question, answer, on) {
  const inputs = [];
  const tell = () => {
    const texts = inputs.map((input) => input.value);
    on.draft(texts.some((text) => text.trim()) ? texts : null);
  };
  const blank = (place) => {
    const input = el("input", Object.assign({ type: "text", class: "blank", "aria-label": say("blank", { n: place }),
      placeholder: "(" + place + ")", maxlength: "200" }, PLAIN_TYPING, typing(tell, on)));
    input.value = (answer && answer[place - 1]) || "";
    inputs[place - 1] = input;
    return input;
  };
  const text = clozed(question.stem, question.html, question.blanks, blank);
  return {
    nodes: [el("legend", { class: "visually-hidden" }, say("fill_blank")), el("div", { class: "stem" }, ...text)],
    wipe() {
      inputs.forEach((input) => {
        input.value = "";
      });
    },
  };
}

function matchingField(question, answer, on, mark) {
  const selects = question.prompts.map((prompt, index) => {
    const select = el("select", { class: "form-select match-choice", onchange: () => tell() },
      el("option", { value: "" }, say("match_choose")),
      ...question.options.map((option, place) => el("option", { value: option.value }, mark(place) + (option.html ? "" : "　" + option.text))));
    select.value = (answer && answer[index]) || "";
    return select;
  });
  const tell = () => {
    const letters = selects.map((select) => select.value);
    on.change(letters.some(Boolean) ? letters : null);
  };
  return { nodes: [legend(question),
    el("ol", { class: "match-rights" }, ...question.options.map((option, place) =>
      el("li", {}, el("span", { class: "option-mark" }, mark(place)), el("span", {}, rich(option.text, option.html))))),
    ...question.prompts.map((prompt, index) =>
      el("label", { class: "match-line" }, el("span", { class: "match-prompt" }, rich(prompt, question.prompt_html[index])), selects[index]))] };
}

function orderingField(question, answer, on) {
  const list = el("ol", { class: "order-steps" });
  const rows = new Map(question.options.map((option) => {
    const step = (way, sign) => el("button", { type: "button", class: "btn btn-secondary order-move",
      "aria-label": say(way, { text: option.text }), onclick: (event) => move(option.value, sign, event.currentTarget) }, sign < 0 ? "↑" : "↓");
    return [option.value, el("li", { class: "order-step" }, el("span", { class: "order-text" }, rich(option.text, option.html)),
      step("move_up", -1), step("move_down", 1))];
  }));
  const dealt = question.options.map((option) => option.value);
  let order = answer || dealt;
  const show = () => order.forEach((letter) => list.append(rows.get(letter)));
  const move = (letter, sign, button) => {
    const place = order.indexOf(letter);
    const other = place + sign;
    if (other < 0 || other >= order.length) return;
    order = order.slice();
    order.splice(other, 0, ...order.splice(place, 1));
    show();
    button.focus(); // the row was moved, and the focus with it
    announce(say("moved", { n: other + 1 }));
    on.change(order);
  };
  show();
  return {
    nodes: [legend(question), list],
    reset() {
      order = dealt;
      show();
    },
  };
}

function writingField(question, answer, on) {
  const area = el("textarea", Object.assign({ class: "form-control", rows: "8", maxlength: LONGEST_TEXT, "aria-label": say("short_answer") },
    PLAIN_TYPING, typing(() => on.draft(area.value.trim() ? area.value : null), on)));
  area.value = answer || "";
  return { nodes: [legend(question), area] };
}

function caseField(question, answer, on) {
  const given = question.parts.map((part, index) => (answer ? answer[index] : null));
  const told = () => (given.some((part) => part !== null) ? given.slice() : null);
  const fields = question.parts.map((part, index) => makeField(part, given[index], {
    change(own) {
      given[index] = own;
      on.change(told());
    },
    draft(own) {
      given[index] = own;
      on.draft(told());
    },
    settle: on.settle,
  }));
  return {
    nodes: [el("legend", { class: "visually-hidden" }, say("case")), el("div", { class: "stem case-material" }, rich(question.stem, question.html)),
      ...question.parts.map((part, index) => el("div", { class: "case-part" },
        el("p", { class: "muted" }, "(" + (index + 1) + ") " + say(part.type) + " · " + say("marks", { marks: part.marks })),
        el("fieldset", { class: "question-body" }, fields[index].nodes)))],
    reset() {
      given.fill(null);
      fields.forEach((field) => (field.reset || field.wipe)());
    },
  };
}

const FIELDS = {
  single_choice: choiceField,
  multiple_choice: choiceField,
  true_false: choiceField,
  fill_blank: blankField,
  matching: matchingField,
  ordering: orderingField,
  short_answer: writingField,
  case: caseField,
};

function mark(place) {
  return String.fromCharCode(65 + place);
}

/** The field of a question with the answer that stands. */
export function makeField(question, answer, on) {
  return FIELDS[question.type](question, answer, on, mark);
}
