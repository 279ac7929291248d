// Options to choose from: one, several, or true and false.

import { el } from "./elements.js";
import { rich } from "./rich.js";
import { say } from "./words.js";

let names = 0; // radios of one question share a name that no other has

/** As fields.js describes a field. */
export function choiceField(question, answer, on, mark) {
  const { options, type, stem } = question;
  const many = type === "multiple_choice";
  const chosen = many ? answer || [] : [answer];
  names += 1;
  const inputs = options.map((option) => {
    const input = el("input", { type: many ? "checkbox" : "radio", class: "option-input", name: "choice-" + names,
      value: String(option.value), onchange: () => tell() });
    input.checked = chosen.includes(option.value);
    return input;
  });
  const tell = () => {
    const values = options.filter((option, index) => inputs[index].checked).map((option) => option.value);
    on.change(values.length === 0 ? null : many ? values.sort() : values[0]);
  };
  const rows = options.map((option, index) =>
    el("label", { class: "option" }, inputs[index],
      el("span", { class: "option-face" },
        el("span", { class: "option-mark" }, type === "true_false" ? (option.value ? "✓" : "✕") : mark(index)),
        el("span", { class: "option-text" }, rich(option.text, option.html)))));
  return {
    nodes: [el("legend", { class: "stem" }, rich(stem, question.html)), many ? el("p", { class: "muted" }, say("choose_all")) : null, ...rows],
    /** Choose the option at a place (from 0), as a click on it would. */
    choose(index) {
      const input = inputs[index];
      if (!input) return false;
      input.focus();
      input.click();
      return true;
    },
    reset() {
      inputs.forEach((input) => {
        input.checked = false;
      });
    },
  };
}
