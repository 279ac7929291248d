// Shared behaviours of every page: menus that close, cancel buttons, countdowns.
// Everything here is a comfort: each page works without it. Runs in Chrome 80.

import { startCountdowns } from "./countdown.js";

const MENUS = "details[data-menu]";

function closeOthers(target) {
  document.querySelectorAll(MENUS + "[open]").forEach(function (menu) {
    if (!menu.contains(target)) menu.open = false;
  });
}

function closeAround(element, returnFocus) {
  const menu = element.closest(MENUS);
  if (!menu || !menu.open) return;
  menu.open = false;
  if (returnFocus) menu.querySelector("summary").focus();
}

document.addEventListener("click", function (event) {
  closeOthers(event.target);
  if (event.target.closest("[data-close]")) closeAround(event.target, true);
});

document.addEventListener("keydown", function (event) {
  if (event.key === "Escape") closeAround(document.activeElement || document.body, true);
});

document.addEventListener("change", function (event) {
  if (event.target.matches("[data-submit-on-change]")) event.target.form.submit();
});

// A second press would send twice; the first is enough.
document.addEventListener("submit", function (event) {
  const form = event.target;
  if (form.method !== "post" || event.defaultPrevented) return;
  if (form.dataset.sent) {
    event.preventDefault();
    return;
  }
  form.dataset.sent = "yes";
});
window.addEventListener("pageshow", function () {
  document.querySelectorAll("form[data-sent]").forEach(function (form) {
    delete form.dataset.sent;
  });
});

document.querySelectorAll("[data-close]").forEach(function (button) {
  button.hidden = false;
});
document.querySelectorAll("[data-print]").forEach(function (button) {
  button.hidden = false;
  button.addEventListener("click", function () {
    window.print();
  });
});
const wrong = document.querySelector("[data-focus]");
if (wrong) wrong.focus();
startCountdowns(document);

// Answers that an exam page could not send wait on this device. Whatever page is opened next, also by
// somebody who is not signed in, sends them; an exam page does it itself and tells how it goes.
function mayHaveLeftovers() {
  try {
    return Object.keys(localStorage).some((name) => name.indexOf("lianbing.seq.") === 0);
  } catch (error) {
    return false;
  }
}

if (!document.querySelector("#leftovers, #sitting") && mayHaveLeftovers()) {
  import("./exams/leftovers_quiet.js").catch(function () {
    // no network: the next page tries again
  });
}

// What a device keeps to go on without a network, of an exam or of practice, is for one person:
// anybody else's page, or nobody's, clears it; signing out does so before the next page is there.
const SHELVES = {
  "lianbing.kept.owner": () => import("./exams/keep.js"),
  "lianbing.practice.owner": () => import("./practice/shelf.js"),
};

function ownerUnder(key) {
  try {
    return localStorage.getItem(key);
  } catch (error) {
    return null;
  }
}

document.addEventListener("submit", function (event) {
  if (!/\/sign-out$/.test(event.target.getAttribute("action") || "")) return;
  Object.keys(SHELVES).forEach(function (key) {
    if (ownerUnder(key) !== null) localStorage.setItem(key, "signed-out");
  });
});

Object.keys(SHELVES).forEach(function (key) {
  if (ownerUnder(key) === null || ownerUnder(key) === document.body.dataset.person) return;
  SHELVES[key]().then(function (shelf) {
    return shelf.forgetAll();
  });
});
