// The page's words, rendered in the reader's language by the template.

let source = null;
let words = {};

/** The words of the page as it stands: the lobby may have become the exam page. */
function wordsHere() {
  const here = document.getElementById("exam-words");
  if (here !== source) {
    source = here;
    words = JSON.parse(here.textContent);
  }
  return words;
}

/** The words under a key, with {name} filled from values. */
export function say(key, values) {
  return (wordsHere()[key] || key).replace(/\{(\w+)\}/g, (whole, name) =>
    values && name in values ? String(values[name]) : whole
  );
}

function two(number) {
  return (number < 10 ? "0" : "") + number;
}

/** A server instant (ms) as HH:MM:SS in this device's zone. */
export function timeOfDay(ms) {
  const date = new Date(ms);
  return [date.getHours(), date.getMinutes(), date.getSeconds()].map(two).join(":");
}

/** Milliseconds left as H:MM:SS or MM:SS, rounded up so that 00:00 means over. */
export function timeLeft(ms) {
  const seconds = Math.max(0, Math.ceil(ms / 1000));
  const hours = Math.floor(seconds / 3600);
  const rest = two(Math.floor(seconds / 60) % 60) + ":" + two(seconds % 60);
  return hours ? hours + ":" + rest : rest;
}
