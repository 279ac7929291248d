// The candidate's desk: the paper in this candidate's order, the answers and the flags.

export class Desk {
  constructor(exam) {
    this.questions = [];
    this.place = 1;
    this.answers = new Map(Object.entries(exam.answers).map(([number, answer]) => [Number(number), answer]));
    this.flagsName = "lianbing.flags." + exam.attempt.id;
    this.flags = new Set();
    try {
      this.flags = new Set(JSON.parse(localStorage.getItem(this.flagsName) || "[]"));
    } catch (error) {
      // flags are a convenience; without a store they live as long as the page
    }
  }

  current() {
    return this.questions[this.place - 1];
  }

  placeOf(number) {
    const question = this.questions.find((one) => one.number === number);
    return question ? question.place : number;
  }

  answerTo(number) {
    const answer = this.answers.get(number);
    return answer === undefined ? null : answer;
  }

  note(number, answer) {
    if (answer === null) this.answers.delete(number);
    else this.answers.set(number, answer);
  }

  /** All that the answer sheet shows, in one string to compare. */
  summary() {
    const cells = this.questions.map(({ number }) => Number(this.isAnswered(number)) + 2 * Number(this.isFlagged(number)));
    return this.place + ":" + cells.join("");
  }

  isAnswered(number) {
    return this.answerTo(number) !== null;
  }

  isFlagged(number) {
    return this.flags.has(number);
  }

  answeredCount() {
    return this.questions.filter((question) => this.isAnswered(question.number)).length;
  }

  toggleFlag(number) {
    if (!this.flags.delete(number)) this.flags.add(number);
    try {
      localStorage.setItem(this.flagsName, JSON.stringify(Array.from(this.flags)));
    } catch (error) {
      // as above
    }
  }

  forgetFlags() {
    try {
      localStorage.removeItem(this.flagsName);
    } catch (error) {
      // as above
    }
  }
}
