// Whether an answer is right, by the key that a pack carries. The server marks it again when it
// arrives, and its word stands; the rules are those of grading/rules.py under PRACTICE_RULE.

function plain(text) {
  return text.normalize("NFKC").toLowerCase().split(/\s+/).filter(Boolean).join(" ");
}

/** Whether a text fills a blank. */
export function fills(blank, text) {
  let given = plain(text || "");
  if (blank.accept) return blank.accept.some((variant) => plain(variant) === given);
  const unit = plain(blank.unit || "");
  if (unit && given.endsWith(unit)) given = given.slice(0, -unit.length).trim();
  if (!/^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/.test(given)) return false;
  return Number(blank.bounds[0]) <= Number(given) && Number(given) <= Number(blank.bounds[1]);
}

/** Whether there is nothing to mark. */
export function isEmpty(answer) {
  if (answer === null || answer === undefined) return true;
  if (typeof answer === "string") return !answer.trim();
  return Array.isArray(answer) && answer.every(isEmpty);
}

function share(right, whole) {
  if (right === whole) return "right";
  return right ? "partial" : "wrong";
}

function chosen(letters, answer) {
  const given = Array.isArray(answer) ? answer : [answer];
  if (given.some((letter) => letters.indexOf(letter) < 0)) return "wrong";
  return given.length === letters.length ? "right" : "partial";
}

/** right, partial, wrong or unanswered; a short answer is judged by its writer instead. */
export function verdictOf(key, answer) {
  if (isEmpty(answer)) return "unanswered";
  if (key.letters) return chosen(key.letters, answer);
  if ("value" in key) return answer === key.value ? "right" : "wrong";
  if (key.blanks) return share(key.blanks.filter((blank, place) => fills(blank, answer[place])).length, key.blanks.length);
  if (key.order) return share(key.order.filter((letter, place) => answer[place] === letter).length, key.order.length);
  if (!key.parts) return "unmarked";
  const parts = key.parts.map((part, place) => verdictOf(part, answer[place]));
  if (parts.every((verdict) => verdict === "right")) return "right";
  return parts.some((verdict) => verdict === "right" || verdict === "partial") ? "partial" : "wrong";
}
