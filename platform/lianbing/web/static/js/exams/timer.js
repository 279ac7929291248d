// The countdown: drawn each second, announced at ten, five and one minute, checked with the server.

import { byId } from "./elements.js";
import { announce } from "./notices.js";
import { say, timeLeft } from "./words.js";

const ANNOUNCED_MINUTES = [10, 5, 1];
const QUIET_MS = 60000; // ask the server when it has been silent for so long: a sign of life
const LAST_LOOK_MS = 15000 + Math.random() * 30000; // and once more shortly before the end

export class Timer {
  /** `exam.due` in server ms and `exam.stopped` (a pause), read at each tick; `on`: ask(), zero(). */
  constructor(clock, exam, on) {
    Object.assign(this, { clock, exam, on });
    this.handle = 0;
    this.before = Infinity;
    this.quietFor = QUIET_MS * (0.8 + Math.random() * 0.4);
    this.heardAt = performance.now();
  }

  /** The server has just been heard: its clock and its end may have moved. */
  heard() {
    this.heardAt = performance.now();
    this.tick();
  }

  stop() {
    clearTimeout(this.handle);
    this.tick = () => {};
  }

  tick() {
    clearTimeout(this.handle);
    const left = this.exam.due - this.clock.now();
    const doubtful = this.clock.slipped();
    const face = byId("clock");
    face.textContent = this.exam.stopped ? "❚❚" : (doubtful ? "≈" : "") + timeLeft(left);
    face.dataset.near = left < 60000 ? "minute" : left < 300000 ? "five" : "far";
    this._announce(left);
    const quiet = performance.now() - this.heardAt > this.quietFor;
    const lastLook = this.before > LAST_LOOK_MS && left <= LAST_LOOK_MS;
    if (doubtful || quiet || lastLook) {
      this.heardAt = performance.now();
      this.on.ask();
    }
    this.before = left;
    if (left <= 0) this.on.zero();
    this.handle = setTimeout(() => this.tick(), left > 0 ? Math.min(1000, (left % 1000) + 5) : 1000);
  }

  _announce(left) {
    if (this.exam.stopped) return;
    const due = ANNOUNCED_MINUTES.filter((minutes) => this.before > minutes * 60000 && left <= minutes * 60000);
    const latest = due[due.length - 1];
    if (latest && left > (latest - 1) * 60000 && this.before !== Infinity) announce(say("minutes_left", { n: latest }));
  }
}
