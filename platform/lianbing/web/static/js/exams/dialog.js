// A modal dialog that slides nothing: it is there or it is not. Keeps focus inside, Esc closes.

import { el } from "./elements.js";

let current = null;

function focusable(root) {
  return Array.from(root.querySelectorAll("a[href], button:not([disabled]), input:not([disabled])"));
}

function keepInside(event, box, close) {
  if (event.key === "Escape") {
    event.preventDefault();
    close();
  }
  if (event.key !== "Tab") return;
  const stops = focusable(box);
  const first = stops[0];
  const last = stops[stops.length - 1];
  const at = document.activeElement;
  if (event.shiftKey && (at === first || at === box)) {
    event.preventDefault();
    last.focus();
  } else if (!event.shiftKey && at === last) {
    event.preventDefault();
    first.focus();
  }
}

/** Open a dialog over the page; returns its close function. Focus goes back where it was. */
export function openDialog(title, closeWord, className, ...content) {
  if (current) current();
  const before = document.activeElement;
  const behind = Array.from(document.body.children).filter((node) => !node.hasAttribute("aria-hidden") && !node.hasAttribute("aria-live"));
  const close = () => {
    if (current !== close) return;
    current = null;
    backdrop.remove();
    behind.forEach((node) => node.removeAttribute("aria-hidden"));
    if (before && before.isConnected) before.focus();
  };
  const heading = el("h2", { id: "dialog-title" }, title);
  const shut = el("button", { type: "button", class: "dialog-close", "aria-label": closeWord, onclick: close }, "✕");
  const box = el(
    "div",
    { class: "dialog " + className, role: "dialog", "aria-modal": "true", "aria-labelledby": "dialog-title", tabindex: "-1" },
    el("div", { class: "dialog-head" }, heading, shut),
    ...content
  );
  const backdrop = el("div", { class: "dialog-backdrop", onclick: (event) => event.target === backdrop && close() }, box);
  box.addEventListener("keydown", (event) => keepInside(event, box, close));
  behind.forEach((node) => node.setAttribute("aria-hidden", "true"));
  document.body.append(backdrop);
  box.focus();
  current = close;
  return close;
}

/** Close whatever dialog is open. */
export function closeDialog() {
  if (current) current();
}

/** Whether a dialog is open. */
export function dialogIsOpen() {
  return current !== null;
}
