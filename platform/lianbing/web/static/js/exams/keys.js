// Keyboard: digits and letters choose, arrows move, F flags. Can be switched off.

import { dialogIsOpen } from "./dialog.js";

const NAME = "lianbing.keys";
const LETTERS = "abcdeghij"; // F flags; a sixth option has its digit

function typing(target) {
  return target.tagName === "SELECT" || target.tagName === "TEXTAREA" || (target.tagName === "INPUT" && target.type === "text");
}

function act(key, on) {
  if (key === "ArrowLeft") return on.move(-1);
  if (key === "ArrowRight") return on.move(1);
  if (key === "f") return on.flag();
  if (/^[1-9]$/.test(key)) return on.choose(Number(key) - 1);
  if (key.length === 1 && LETTERS.includes(key)) return on.choose(key.charCodeAt(0) - 97);
  return false;
}

/** Listen; returns the switch: {on(), set(value)}. */
export function listenToKeys(on) {
  let active = true;
  try {
    active = localStorage.getItem(NAME) !== "off";
  } catch (error) {
    // on, then
  }
  document.addEventListener("keydown", (event) => {
    if (!active || event.ctrlKey || event.metaKey || event.altKey || dialogIsOpen() || typing(event.target)) return;
    const key = event.key.length === 1 ? event.key.toLowerCase() : event.key;
    if (act(key, on) !== false) event.preventDefault();
  });
  return {
    on: () => active,
    set(value) {
      active = value;
      try {
        localStorage.setItem(NAME, value ? "on" : "off");
      } catch (error) {
        // for this page only, then
      }
    },
  };
}
