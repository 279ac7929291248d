// What the server says, and what becomes of the page by it.

import { answerFileAction } from "./answer_file.js";
import { el } from "./elements.js";
import { notify, unnotify } from "./notices.js";
import { say, timeOfDay } from "./words.js";

const MOVED_MS = 1000;

/** A button that loads the page anew. */
export function reloadButton(word, kind) {
  return el("button", { type: "button", class: "btn btn-" + kind, onclick: () => location.reload() }, say(word));
}

export class ServerWord {
  constructor(sitting, lobbyUrl) {
    Object.assign(this, { sitting, lobbyUrl });
    this.refused = new Map(); // question number → why the server did not store its answer
    this.uncounted = new Set(); // question numbers stored apart
  }

  body(body, job) {
    const { sitting } = this;
    if (sitting.hall.hear(body, job.kind === "state")) this._due(Date.parse(body.due_at));
    if (body.state !== "open") sitting.ending.end(body.state);
    else if (job.kind === "hand_in") sitting.ending.end("handed_in");
    else if (body.device_current === false) this.displaced("other_device", this._lobbyLink("continue_here"));
    else sitting.ending.afterZero();
    sitting.timer.heard();
  }

  _due(due) {
    const { exam, hall } = this.sitting;
    if (!due) return;
    const word = exam.stopped ? "due_resumed" : due > exam.due ? "due_later" : "due_earlier";
    const moved = exam.stopped || Math.abs(due - exam.due) > MOVED_MS;
    if (hall.hidden()) unnotify("due");
    else if (moved) notify("due", "info", say(word, { time: timeOfDay(due) }));
    exam.stopped = Boolean(hall.paused);
    exam.due = due;
    if (moved && this.sitting.keeper) this.sitting.keeper.note();
  }

  stored(entry, result) {
    if (result.outcome !== "counted") this.uncounted.add(entry.question);
    if (this.uncounted.size) notify("uncounted", "warning", say("uncounted", { n: this.uncounted.size }));
  }

  notStored(entry, result) {
    this.refused.set(entry.question, result.message || result.code || "");
    this._showRefused();
  }

  answeredAgain(number) {
    if (this.refused.delete(number)) this._showRefused();
  }

  _showRefused() {
    const lines = Array.from(this.refused, ([number, reason]) =>
      say("refused_line", { n: this.sitting.desk.placeOf(number), reason }));
    if (lines.length) notify("refused", "danger", say("refused", { lines: lines.join(" ") }), reloadButton("reload", "secondary"));
    else unnotify("refused");
  }

  tokenRefused(outcome) {
    this.sitting.lock("stopped");
    this.sitting.forget();
    const waiting = this.sitting.journal.waiting();
    const kept = waiting ? say("token_kept", { n: waiting }) : "";
    const text = say("token_refused", { reason: outcome.message || "", kept });
    const file = waiting ? answerFileAction(this.sitting) : null;
    notify("token", "danger", text, this._lobbyLink("to_lobby"), file);
  }

  /** Another device or tab goes on: nothing more is taken here, what was given stays kept. */
  displaced(word, wayOn) {
    const { sitting } = this;
    if (sitting.phase === "displaced" || sitting.phase === "ended") return;
    sitting.sender.handingIn = false;
    sitting.lock("displaced");
    if (word === "other_device") sitting.forget();
    notify("displaced", "danger", say(word), wayOn);
  }

  _lobbyLink(word) {
    return el("a", { class: "btn btn-primary", href: this.lobbyUrl }, say(word));
  }
}
