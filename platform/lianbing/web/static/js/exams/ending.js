// The end of a sitting: time running out, handing in, and leaving once nothing waits any more.

import { answerFileAction } from "./answer_file.js";
import { byId, el, fill } from "./elements.js";
import { announce, notify, unnotify } from "./notices.js";
import { reloadButton } from "./server_word.js";
import { forgetTab } from "./tabs.js";
import { say } from "./words.js";

const LONGEST_SPREAD_MS = 5000;

export class Ending {
  constructor(sitting) {
    this.sitting = sitting;
    this.state = null; // what the server ended the attempt with, until the page has left
    this.spread = 0;
    // At zero a whole hall speaks at once: what can wait is spread over a tenth of the grace.
    this.spreadMs = Math.min(LONGEST_SPREAD_MS, sitting.exam.grace_seconds * 100);
  }

  handIn() {
    this.sitting.lock("handing_in");
    announce(say("handing_in"));
    this.sitting.sender.handIn();
  }

  timeUp() {
    const { sitting } = this;
    if (sitting.phase !== "answering" && sitting.phase !== "handing_in") return;
    sitting.lock("time_up");
    announce(say("time_up"));
    // The end may have been moved: hand in only on the server's word. An answer gets it at once.
    if (sitting.journal.pending.length || sitting.sender.handingIn) sitting.sender.kick();
    else setTimeout(() => sitting.sender.ask(), Math.random() * this.spreadMs);
  }

  /** The server was heard, and the attempt is still open. */
  afterZero() {
    const { sitting } = this;
    if (sitting.phase !== "time_up" || sitting.sender.handingIn) return;
    clearTimeout(this.spread);
    if (sitting.exam.due > sitting.clock.now()) {
      this.resume();
    } else {
      const handIn = () => sitting.phase === "time_up" && sitting.sender.handIn();
      this.spread = setTimeout(handIn, Math.random() * this.spreadMs);
    }
  }

  resume() {
    if (!this.sitting.desk.questions.length) {
      location.reload(); // opened again after its time, and the end was moved: the paper is not here
      return;
    }
    this.sitting.sender.handingIn = false;
    unnotify("waiting");
    this.sitting.unlock();
  }

  rejected(outcome) {
    if (this.sitting.phase === "handing_in") this.resume();
    this.sitting.sender.ask();
    const reason = outcome.message || outcome.code || "";
    notify("hand-in", "danger", say("hand_in_rejected", { reason }), reloadButton("reload", "secondary"));
  }

  /** Say what is still waiting, and for what. */
  explain(unsent) {
    const { phase, sender } = this.sitting;
    const troubled = sender.failures > 0;
    if (phase === "ended") {
      if (unsent) notify("waiting", "warning", say("ended_sending", { n: unsent }));
    } else if (phase === "time_up") {
      const word = troubled ? (unsent ? "time_up_kept" : "time_up_all_there") : "time_up_sending";
      const file = troubled && unsent ? answerFileAction(this.sitting) : null;
      notify("waiting", troubled && unsent ? "danger" : "warning", say(word, { n: unsent }), file);
    } else if (phase === "handing_in") {
      const back = { type: "button", class: "btn btn-secondary", onclick: () => this.resume() };
      const word = troubled ? (unsent ? "hand_in_kept" : "hand_in_waiting") : "handing_in";
      const file = troubled && unsent ? answerFileAction(this.sitting) : null;
      notify("waiting", "warning", say(word, { n: unsent }), troubled ? el("button", back, say("keep_answering")) : null, file);
    }
  }

  end(state) {
    const { sitting } = this;
    if (sitting.phase === "ended") return;
    this.state = state;
    sitting.sender.handingIn = false;
    sitting.timer.stop();
    unnotify("waiting");
    sitting.hall.stop();
    sitting.forget();
    byId("steps").hidden = byId("hand-in").hidden = true;
    sitting.lock("ended");
  }

  /** Once nothing waits any more, clean up and go on; stay where there is something to read. */
  leave() {
    const { sitting, state } = this;
    if (!state || sitting.journal.pending.length) return;
    this.state = null;
    sitting.sender.stop();
    unnotify("waiting");
    sitting.desk.forgetFlags();
    forgetTab(sitting.key);
    const toRead = sitting.server.refused.size || sitting.server.uncounted.size || state === "voided";
    sitting.journal.close().then(() => toRead || location.replace(sitting.exam.result_url));
    const link = el("a", { class: "btn btn-primary", href: sitting.exam.result_url }, say("to_result"));
    fill(byId("card"), el("h2", { tabindex: "-1" }, say("ended_" + state)), el("p", {}, link));
    fill(byId("side"));
    byId("card").firstChild.focus();
  }
}
