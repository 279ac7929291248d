// Notices: what the candidate must know until it is no longer so.

import { byId, el, fill } from "./elements.js";

const shown = new Map();

/** Show a notice under a key, replacing an earlier one; kind: info, warning or danger. */
export function notify(key, kind, text, ...actions) {
  let box = shown.get(key);
  if (box && box.dataset.text === text) return;
  if (!box) {
    box = el("div", {});
    shown.set(key, box);
    byId("notices").append(box);
    if (kind === "danger") window.scrollTo(0, 0); // notices stand on top; this one must be seen
  }
  box.className = "notice notice-" + kind;
  box.dataset.text = text;
  box.setAttribute("role", kind === "info" ? "status" : "alert");
  fill(box, el("p", {}, text), ...actions);
}

/** Take a notice away. */
export function unnotify(key) {
  const box = shown.get(key);
  if (box) box.remove();
  shown.delete(key);
}

/** Let a screen reader say something once, politely; beside the page, so that no dialog mutes it. */
export function announce(text) {
  const announcer = byId("announcer");
  if (announcer.parentNode !== document.body) document.body.append(announcer);
  announcer.textContent = text;
}
