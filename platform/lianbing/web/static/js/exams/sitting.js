// One sitting at this page: the question shown, what is answered, and which phase it is in.

import { QuestionCard } from "./card.js";
import { Desk } from "./desk.js";
import { closeDialog } from "./dialog.js";
import { byId, fill } from "./elements.js";
import { Journal } from "./journal.js";
import { notify } from "./notices.js";
import { showSaveState } from "./save_state.js";
import { sheetContent } from "./sheet.js";
import { say } from "./words.js";

export class Sitting {
  /**
   * Phases: answering → handing_in or time_up → ended, and back to answering when the end is
   * moved or the hand-in called off; displaced and stopped are for good. The page's composition
   * adds `sender`, `server`, `ending` and `hall`; `keeper` where this device keeps the attempt.
   */
  constructor(exam, clock, store) {
    Object.assign(this, { exam, clock, store });
    this.phase = "answering";
    this.key = exam.attempt.id + "/" + exam.device;
    this.desk = new Desk(exam);
    this.journal = new Journal(
      store,
      { key: this.key, attempt: exam.attempt.id, token: exam.token, save_url: exam.save_url, due: exam.due },
      exam.next_seq
    );
    this.card = new QuestionCard(byId("card"), (number, answer) => this.answer(number, answer), () => this.refresh());
    this.sideShows = "";
    this.keeper = null;
  }

  /** This device has no part in the attempt any more: nothing to open it again is kept. */
  forget() {
    if (this.keeper) this.keeper.forget();
    else if (this.exam.kept) import("./keep.js").then(({ forgetAll }) => forgetAll(), () => null);
  }

  isAnswering() {
    return this.phase === "answering" && !this.hall.hidden();
  }

  /** A pause or a break hides the questions, or they come back; what was being typed is noted. */
  cover(covered) {
    if (this.phase !== "answering") return;
    this.card.commit();
    if (covered) closeDialog();
    this.card.lock(covered);
    if (covered) this.refresh();
    else this.go(this.desk.place);
  }

  /** The paper is here: lay it out, with the answers this device still keeps on top. */
  begin(questions) {
    this.desk.questions = questions;
    this.journal.pending.forEach((entry) => this.desk.note(entry.question, entry.answer));
    this.warnWhenNotKept();
    if (this.phase === "ended") return;
    byId("steps").hidden = false;
    this.go(1);
  }

  answer(number, answer) {
    const before = JSON.stringify(this.desk.answerTo(number));
    if (JSON.stringify(answer) === before && !this.server.refused.has(number)) return;
    this.desk.note(number, answer);
    if (this.keeper) this.keeper.note();
    this.server.answeredAgain(number);
    this.journal.append(number, answer, this.clock.iso()).then(() => {
      this.warnWhenNotKept();
      this.sender.nudge();
    });
    this.refresh();
  }

  warnWhenNotKept() {
    if (!this.journal.kept) notify("memory", "warning", say("memory_only"));
  }

  go(place) {
    const { desk, card } = this;
    if (!desk.questions.length) return;
    desk.place = Math.min(Math.max(place, 1), desk.questions.length);
    const question = desk.current();
    card.show(question, desk.answerTo(question.number), desk.questions.length, !this.isAnswering());
    card.heading.focus({ preventScroll: true });
    window.scrollTo(0, 0);
    this.refresh();
  }

  toggleFlag() {
    this.desk.toggleFlag(this.desk.current().number);
    this.refresh();
  }

  /** Stop taking answers; what was being typed is noted first. */
  lock(phase) {
    this.card.commit();
    this.phase = phase;
    this.card.lock(true);
    closeDialog();
    this.refresh();
  }

  unlock() {
    this.phase = "answering";
    this.card.lock(false);
    this.go(this.desk.place);
  }

  refresh() {
    const { journal, sender, server } = this;
    showSaveState({
      sender,
      unsent: journal.waiting(),
      drafting: this.card.draft !== null,
      refused: server.refused.size,
      uncounted: server.uncounted.size,
    });
    this.ending.explain(journal.waiting());
    if (this.phase === "ended") this.ending.leave();
    else if (this.desk.questions.length) this._refreshSteps();
  }

  _refreshSteps() {
    const { desk } = this;
    byId("previous").disabled = desk.place === 1;
    byId("next").disabled = desk.place === desk.questions.length;
    byId("flag").setAttribute("aria-pressed", String(desk.isFlagged(desk.current().number)));
    byId("flag").disabled = byId("hand-in").disabled = !this.isAnswering();
    byId("progress").textContent = desk.answeredCount() + " / " + desk.questions.length;
    const shows = desk.summary();
    if (shows === this.sideShows) return; // a new drawing would take the focus away
    this.sideShows = shows;
    fill(byId("side"), sheetContent(desk, (place) => this.go(place)));
  }
}
