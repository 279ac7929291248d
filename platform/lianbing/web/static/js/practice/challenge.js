// The clock of a challenge question: the server says how many seconds are left and decides by
// its own clock; here they are only counted down. At nought what is chosen is sent as it is.
// Runs in Chrome 80.

const HURRY = 10;
const started = performance.now();
const clock = document.querySelector("[data-seconds]");
const bar = document.querySelector("[data-seconds-bar]");
const form = document.querySelector("form[data-timed]");
const hurry = document.querySelector("[data-hurry]");
const given = Number(clock.dataset.seconds);
let timer = 0;

function tick() {
  const left = Math.max(0, given - (performance.now() - started) / 1000);
  clock.textContent = String(Math.ceil(left));
  clock.classList.toggle("is-urgent", left <= HURRY);
  bar.value = left;
  if (left <= HURRY && !hurry.textContent) hurry.textContent = hurry.dataset.hurry;
  if (left > 0) return;
  window.clearInterval(timer);
  const chosen = form.querySelector("input:checked");
  if (chosen) form.submit();
  else window.setTimeout(() => window.location.reload(), 2500); // after the server's grace
}

timer = window.setInterval(tick, 200);
form.addEventListener("submit", function () {
  window.clearInterval(timer);
});
// A page taken back from the browser's memory would show a clock that stood still.
window.addEventListener("pageshow", function (event) {
  if (event.persisted) window.location.reload();
});
