// One question after the other: asked, checked, told. Where an answer is marked and kept is the
// caller's: `answered({item, answer, rating, gaveUp})` resolves with {key, answer, verdict, note}
// or {withdrawn: true}; it rejects with what to tell while the answer stays in its field.

import { el, fill } from "../exams/elements.js";
import { makeField } from "../exams/fields.js";
import { rich } from "../exams/rich.js";
import { say } from "../exams/words.js";
import { feedback } from "./feedback.js";
import { isEmpty } from "./marking.js";

const RATINGS = ["right", "partial", "wrong"];

export class Player {
  /** `items`: {asked, …}; `first`: the place (from 1) of the first of them among `length`. */
  constructor(root, { items, first, length, answered, modelOf, over, shown }) {
    Object.assign(this, { root, items, first, length, answered, modelOf, over, shown: shown || (() => null) });
    this.at = 0;
  }

  get item() {
    return this.items[this.at];
  }

  show() {
    if (this.at >= this.items.length) {
      this.over();
      return;
    }
    this.answer = null;
    if (!this.item.asked) {
      this._told({ withdrawn: true });
      return;
    }
    const tell = (answer) => {
      this.answer = answer;
    };
    const field = makeField(this.item.asked, null, { change: tell, draft: tell, settle() {} });
    if (this.item.asked.type === "ordering") this.answer = this.item.asked.options.map((option) => option.value);
    const short = this.item.asked.type === "short_answer";
    this.notice = el("p", { class: "notice notice-warning", role: "alert", hidden: true });
    this.fieldset = el("fieldset", { class: "question-body" }, field.nodes);
    this.check = el("button", { type: "submit", class: "btn btn-primary btn-wide" }, say(short ? "compare" : "check"));
    this.give = el("button", { type: "button", class: "btn btn-quiet", onclick: () => this._send({ gaveUp: true }) }, say("unknown"));
    this.ways = el("div", { class: "drill-ways drill-ways-sticky" }, this.check, this.give);
    const form = el("form", { class: "player-form", onsubmit: (event) => {
      event.preventDefault();
      if (short) this._compare();
      else this._send({});
    } }, this.notice, el("p", { class: "question-kind" }, say(this.item.asked.type)), this.fieldset, this.ways);
    const head = this._head(false);
    this._draw(head, [form]);
  }

  /** The place, and how far it is; the focus goes here when a question comes. */
  _head(done) {
    const place = this.first + this.at;
    this.place = el("h1", { class: "drill-count", tabindex: "-1" }, say("question_of", { n: place, total: this.length }));
    return el("header", { class: "drill-head" }, this.place,
      el("progress", { class: "drill-progress", value: done ? place : place - 1, max: this.length, "aria-hidden": "true" }));
  }

  _draw(head, nodes, focus) {
    fill(this.root, el("article", { class: "drill-part" }, head, nodes));
    window.scrollTo(0, 0);
    (focus || this.place).focus({ preventScroll: true });
    this.shown(this);
  }

  async _compare() {
    const model = await this.modelOf(this.item);
    if (!model) return;
    this.fieldset.disabled = true;
    const rate = (rating) => el("button", { type: "button", class: "btn btn-secondary", onclick: () => this._send({ rating }) }, say("rate_" + rating));
    fill(this.ways);
    this.ways.className = "";
    this.ways.append(el("section", { class: "model-answer" }, el("h2", {}, say("model_answer")), el("div", { class: "prose" }, rich(model.text, model.html))),
      el("fieldset", { class: "own-rating" }, el("legend", {}, say("how_did_it_go")), RATINGS.map(rate)));
  }

  async _send({ rating, gaveUp }) {
    const short = this.item.asked.type === "short_answer";
    if (!gaveUp && !short && isEmpty(this.answer)) {
      this._warn(say("nothing_chosen"));
      return;
    }
    const buttons = Array.from(this.root.querySelectorAll("button"));
    buttons.forEach((button) => {
      button.disabled = true;
    });
    try {
      const answer = gaveUp ? null : this.answer;
      this._told(await this.answered({ item: this.item, answer, rating: rating || "", gaveUp: Boolean(gaveUp) }));
    } catch (error) {
      buttons.forEach((button) => {
        button.disabled = false;
      });
      this._warn(error.message);
    }
  }

  _warn(text) {
    this.notice.textContent = text;
    this.notice.hidden = false;
    this.notice.scrollIntoView({ block: "nearest" });
  }

  _told(told) {
    const last = this.at + 1 >= this.items.length;
    const next = el("button", { type: "button", class: "btn btn-primary btn-wide", "data-next": true, onclick: () => {
      this.at += 1;
      this.show();
    } }, say(last ? "see_how" : "next_question"));
    const ways = el("div", { class: "drill-ways drill-ways-sticky" }, next);
    if (told.withdrawn) {
      this._draw(this._head(true), [el("p", { class: "notice", role: "status" }, say("withdrawn")), ways]);
      return;
    }
    const { head, node } = feedback(this.item.asked, told.key, told.answer, told.verdict, told.note);
    this._draw(this._head(true), [node, told.below || null, ways].filter(Boolean), head);
  }
}
