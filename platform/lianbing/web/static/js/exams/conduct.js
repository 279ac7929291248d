// What this page reports of itself where the exam's rules ask for it; the server judges.
//
// How long something was left is measured here. A report waits until the server has taken it.

import { el } from "./elements.js";
import { notify, unnotify } from "./notices.js";
import { call } from "./transport.js";

const AGAIN_MS = 15000;
const BATCH = 50;

export class Conduct {
  /** `on`: heard(body), watching(). */
  constructor(exam, clock, on) {
    Object.assign(this, { exam, clock, on });
    this.rules = exam.conduct; // {report, full_screen, words}
    this.name = "lianbing.events." + exam.attempt.id + "/" + exam.device;
    this.kept = this._restore(); // {last, waiting: [{number, kind, seconds, at}]}
    this.flying = false;
    this.timer = 0;
    this.left = {}; // kind → the steady clock when it was left
  }

  /** Begin to watch. */
  watch() {
    document.addEventListener("visibilitychange", () => this._turn("page_left", document.visibilityState === "hidden"));
    document.addEventListener("copy", () => this._report("copied", 0));
    document.addEventListener("cut", () => this._report("copied", 0));
    document.addEventListener("paste", () => this._report("pasted", 0));
    if (this.rules.full_screen && document.documentElement.requestFullscreen) this._wantFullScreen();
    this._send();
  }

  _wantFullScreen() {
    document.addEventListener("fullscreenchange", () => {
      const out = !document.fullscreenElement;
      this._turn("full_screen_left", out);
      this._offerFullScreen(out);
    });
    this._offerFullScreen(true);
  }

  _offerFullScreen(out) {
    if (!out || !this.on.watching()) {
      unnotify("full-screen");
      return;
    }
    const enter = () => document.documentElement.requestFullscreen().catch(() => unnotify("full-screen"));
    notify("full-screen", "warning", this.rules.words.wanted,
      el("button", { type: "button", class: "btn btn-secondary", onclick: enter }, this.rules.words.enter));
  }

  _turn(kind, away) {
    if (away) {
      this.left[kind] = this.clock.now();
    } else if (this.left[kind]) {
      const seconds = (this.clock.now() - this.left[kind]) / 1000;
      delete this.left[kind];
      this._report(kind, Math.max(0, Math.round(seconds)));
    }
  }

  _report(kind, seconds) {
    if (!this.on.watching() || !this.rules.report.includes(kind)) return;
    this.kept.last += 1;
    this.kept.waiting.push({ number: this.kept.last, kind, seconds, at: this.clock.iso() });
    this._keep();
    this._send();
  }

  async _send() {
    clearTimeout(this.timer);
    if (this.flying || !this.kept.waiting.length) return;
    this.flying = true;
    const events = this.kept.waiting.slice(0, BATCH);
    const outcome = await call(this.exam.events_url, this.exam.token, { events }, { clock: this.clock });
    this.flying = false;
    if (outcome.kind === "ok") this._taken(outcome.body);
    else if (outcome.kind === "rejected" || outcome.kind === "forbidden") this.kept.waiting = [];
    if (this.kept.waiting.length) this.timer = setTimeout(() => this._send(), outcome.kind === "ok" ? 0 : AGAIN_MS);
    this._keep();
  }

  _taken(body) {
    const taken = new Set(body.taken || []);
    this.kept.waiting = this.kept.waiting.filter((event) => !taken.has(event.number));
    if (body.warning) {
      const read = { type: "button", class: "btn btn-secondary", onclick: () => unnotify("conduct") };
      unnotify("conduct"); // the same words again are a new warning
      notify("conduct", "danger", body.warning, el("button", read, this.rules.words.read));
    }
    this.on.heard(body);
  }

  _restore() {
    try {
      return JSON.parse(localStorage.getItem(this.name)) || { last: 0, waiting: [] };
    } catch (error) {
      return { last: 0, waiting: [] };
    }
  }

  _keep() {
    try {
      localStorage.setItem(this.name, JSON.stringify(this.kept));
    } catch (error) {
      // for this page only, then
    }
  }
}
