// Counts the time a page is studied: while it is visible and its reader did something within the
// last minute. The server cuts each claim at thirty seconds and at what it has counted already.
// A claim that cannot be sent is not made up for. Runs in Chrome 80.

const EVERY = 15000;
const IDLE_AFTER = 60000;
const LONGEST_STEP = 2000;
const SIGNS_OF_LIFE = ["pointerdown", "pointermove", "keydown", "wheel", "touchmove", "scroll"];

const page = document.querySelector("[data-reading]");
const address = page && page.dataset.reading;
let lastSign = performance.now();
let lastStep = performance.now();
let lastBeat = performance.now();
let active = 0;

function isCounting(now) {
  return document.visibilityState === "visible" && now - lastSign < IDLE_AFTER;
}

// A machine that slept, or a page that was frozen, did not study meanwhile.
function step() {
  const now = performance.now();
  if (isCounting(now)) active += Math.min(now - lastStep, LONGEST_STEP);
  lastStep = now;
  if (now - lastBeat >= EVERY) beat();
}

function claim() {
  const body = new FormData();
  body.append("csrf_token", page.querySelector("[name=csrf_token]").value);
  body.append("active", String(Math.round(active)));
  active = 0;
  lastBeat = performance.now();
  return body;
}

async function beat() {
  if (active < 1) {
    lastBeat = performance.now();
    return;
  }
  try {
    const response = await fetch(address, {
      method: "POST",
      credentials: "same-origin",
      body: claim(),
    });
    if (!response.ok || response.redirected) return;
    const told = await response.json();
    const shown = page.querySelector("[data-reading-time]");
    if (shown.textContent !== told.words) shown.textContent = told.words;
    page.dataset.seconds = String(told.seconds);
  } catch (error) {
    // no network: this much is lost, which errs on the honest side
  }
}

function lastWord() {
  step();
  if (active >= 1000 && navigator.sendBeacon) navigator.sendBeacon(address, claim());
}

if (address) {
  SIGNS_OF_LIFE.forEach(function (sign) {
    window.addEventListener(sign, function () { lastSign = performance.now(); }, { passive: true, capture: true });
  });
  document.addEventListener("visibilitychange", function () {
    if (document.visibilityState === "hidden") lastWord();
    else lastSign = lastStep = performance.now();
  });
  window.addEventListener("pagehide", lastWord);
  window.setInterval(step, 1000);
}
