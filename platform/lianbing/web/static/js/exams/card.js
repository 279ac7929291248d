// The question card: one question, as a fieldset that keyboard and screen reader understand.

import { el, fill } from "./elements.js";
import { makeField } from "./fields.js";
import { say } from "./words.js";

const TYPING_MS = 800;

export class QuestionCard {
  /** `onAnswer(number, answer)` for each change; `onDraft()` while a text is being typed. */
  constructor(root, onAnswer, onDraft) {
    Object.assign(this, { root, onAnswer, onDraft });
    this.timer = 0;
    this.draft = null; // {number, answer}: typed, not yet noted
  }

  show(question, answer, total, locked) {
    this.commit();
    this.question = question;
    this.field = makeField(question, answer, {
      change: (given) => this._give(given),
      draft: (given) => this._typed(given),
      settle: () => this.commit(),
    });
    this.heading = el("h2", { tabindex: "-1", class: "question-head" },
      el("span", { class: "question-place tabular" }, say("question_of", { n: question.place, total })),
      el("span", {}, say(question.type)),
      el("span", { class: "tabular" }, say("marks", { marks: question.marks })));
    this.fieldset = el("fieldset", { class: "question-body", disabled: locked }, this.field.nodes);
    this.clear = el("button", { type: "button", class: "btn btn-quiet clear-answer", onclick: () => this._clear() }, say("clear"));
    fill(this.root, this.heading, this.fieldset, this.clear);
    this._showClear(answer);
  }

  /** Note at once what is still being typed. */
  commit() {
    clearTimeout(this.timer);
    const draft = this.draft;
    this.draft = null;
    if (draft) this.onAnswer(draft.number, draft.answer);
  }

  lock(locked) {
    if (!this.fieldset) return;
    this.fieldset.disabled = locked;
    if (locked) this.clear.hidden = true;
  }

  /** Choose the option at a place (from 0), as a click on it would. */
  choose(index) {
    if (!this.field || !this.field.choose || this.fieldset.disabled) return false;
    return this.field.choose(index);
  }

  _give(answer) {
    this.draft = null; // of a case: the answer holds what was typed beside it
    clearTimeout(this.timer);
    this._showClear(answer);
    this.onAnswer(this.question.number, answer);
  }

  _clear() {
    this.field.reset();
    this.heading.focus();
    this._give(null);
  }

  _showClear(answer) {
    this.clear.hidden = !this.field.reset || this.fieldset.disabled || answer === null || answer === undefined;
  }

  _typed(answer) {
    this.draft = { number: this.question.number, answer };
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.commit(), TYPING_MS);
    this.onDraft();
  }
}
