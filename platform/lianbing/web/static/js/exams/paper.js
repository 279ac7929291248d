// The paper: unsealed on this device, else fetched until it is here; then laid out in this candidate's order.

import { notify, unnotify } from "./notices.js";
import { call } from "./transport.js";
import { say } from "./words.js";

const LONGEST_WAIT_MS = 8000;

function pause(tries) {
  return new Promise((resolve) => {
    setTimeout(resolve, Math.min(LONGEST_WAIT_MS, 500 * Math.pow(2, tries)) * (0.5 + Math.random() / 2));
    window.addEventListener("online", resolve, { once: true });
  });
}

/** The paper out of its sealed copy; null where the server has to send it plain. */
async function unseal(exam) {
  if (!exam.sealed || !window.isSecureContext) return null;
  try {
    const { openCopy } = await import("./unseal.js"); // in the waiting room it was here before
    return await openCopy(exam.sealed);
  } catch (error) {
    return null;
  }
}

/** The paper, however long it takes; or the refusal {kind, message} when it will never come. */
export async function loadPaper(exam) {
  const opened = await unseal(exam);
  if (opened) return opened;
  for (let tries = 0; ; tries += 1) {
    const outcome = await call(exam.paper_url, exam.token, null);
    if (outcome.kind === "forbidden" || outcome.kind === "rejected") return outcome;
    if (outcome.kind === "ok") {
      unnotify("paper");
      return outcome.body;
    }
    notify("paper", "warning", say("paper_retry"));
    await pause(tries);
  }
}

function laidOut(question, dealt) {
  const letters = dealt || Object.keys(question.options || {});
  const truth = [{ value: true, text: say("true") }, { value: false, text: say("false") }];
  const html = question.html || {};
  const lines = html.options || {};
  const options = letters.map((letter) => ({ value: letter, text: question.options[letter], html: lines[letter] }));
  return {
    html: html.stem,
    type: question.type,
    marks: question.marks,
    stem: question.stem,
    blanks: question.blanks || 0,
    prompts: question.prompts || [],
    prompt_html: html.prompts || [],
    options: question.type === "true_false" ? truth : options,
  };
}

/** The questions as this candidate sees them; an option carries the value that is sent. */
export function arrange(paper, exam) {
  const byNumber = new Map(paper.questions.map((question) => [question.number, question]));
  return exam.order.map((number, index) => {
    const question = byNumber.get(number);
    const dealt = (exam.part_letters || {})[number] || [];
    const parts = (question.parts || []).map((part, place) => laidOut(part, dealt[place]));
    return Object.assign(laidOut(question, exam.letters[number]), { number, place: index + 1, parts });
  });
}
