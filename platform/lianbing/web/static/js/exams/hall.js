// What the hall says: notices from the invigilators, a pause of the whole exam, one's own break.
//
// Every answer carries the count of news; when it moved, the state is asked for, which tells all.

import { byId, el, fill } from "./elements.js";
import { announce, notify, unnotify } from "./notices.js";
import { call } from "./transport.js";
import { say, timeLeft } from "./words.js";

export class Hall {
  /** `on`: ask(), heard(body), veil(covered). */
  constructor(exam, clock, on) {
    Object.assign(this, { exam, clock, on });
    this.news = exam.news || 0;
    this.paused = null;
    this.rest = { left_seconds: 0, ends_at: null };
    this.covered = "";
    this.readName = "lianbing.read." + exam.attempt.id;
    this.shown = new Set();
    this.timer = 0;
  }

  /** Take an answer in; false while there is news that only the state will tell. */
  hear(body, isState) {
    if (isState) {
      this.news = body.news || 0;
      this.paused = body.paused || null;
      this.rest = body.break || this.rest;
      (body.notices || []).forEach((notice) => this._show(notice));
      this.draw();
      return true;
    }
    if (body.news === undefined || body.news === this.news) return true;
    this.on.ask();
    return false;
  }

  /** Whether the questions are hidden now. */
  hidden() {
    return this.covered !== "";
  }

  /** Bring veil and button up to the moment. */
  draw() {
    clearTimeout(this.timer);
    const left = this.rest.ends_at ? Date.parse(this.rest.ends_at) - this.clock.now() : 0;
    const cover = this.paused ? "paused" : left > 0 ? "break" : "";
    if (cover !== this.covered) this._cover(cover);
    if (cover === "break") {
      byId("break-clock").textContent = timeLeft(left);
      this.timer = setTimeout(() => this.draw(), Math.min(1000, left));
    }
    byId("take-break").hidden = cover !== "" || this.rest.left_seconds <= 0;
  }

  /** The sitting is over: nothing is hidden or offered any more. */
  stop() {
    this.paused = null;
    this.rest = { left_seconds: 0, ends_at: null };
    this.draw();
  }

  async rests(action) {
    const outcome = await call(this.exam.break_url, this.exam.token, { action }, { clock: this.clock });
    if (outcome.kind === "ok") this.on.heard(outcome.body);
    else notify("break", "warning", outcome.message || say("break_unreachable"), this._dismiss("break"));
  }

  _cover(cover) {
    const before = this.covered;
    this.covered = cover;
    const veil = byId("veil");
    veil.hidden = cover === "";
    byId("sitting").classList.toggle("is-veiled", cover !== "");
    if (cover === "paused") {
      const reason = this.paused.reason;
      fill(veil, el("h2", { tabindex: "-1" }, say("paused_title")), el("p", {}, reason), el("p", {}, say("paused_text")));
    } else if (cover === "break") {
      fill(veil, el("h2", { tabindex: "-1" }, say("break_title")),
        el("p", {}, say("break_left"), " ", el("strong", { id: "break-clock", class: "figure" })), el("p", {}, say("break_text")),
        el("button", { type: "button", class: "btn btn-primary", id: "end-break", onclick: () => this.rests("end") }, say("break_end")));
    }
    if (cover) veil.firstChild.focus();
    else if (before && !byId("steps").hidden) announce(say("goes_on"));
    this.on.veil(cover !== "");
  }

  _show(notice) {
    const key = "told-" + notice.id;
    if (this.shown.has(key) || this._read().includes(notice.id)) return;
    this.shown.add(key);
    notify(key, notice.kind === "message" ? "warning" : "info", notice.text, this._dismiss(key, notice.id));
  }

  _dismiss(key, id) {
    const done = () => {
      unnotify(key);
      if (id) this._keep(id);
    };
    return el("button", { type: "button", class: "btn btn-secondary", onclick: done }, say("notice_read"));
  }

  _read() {
    try {
      return JSON.parse(localStorage.getItem(this.readName) || "[]");
    } catch (error) {
      return []; // shown once more, then
    }
  }

  _keep(id) {
    try {
      localStorage.setItem(this.readName, JSON.stringify(this._read().concat(id)));
    } catch (error) {
      // as above
    }
  }
}
