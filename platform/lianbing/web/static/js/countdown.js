// Countdowns: the seconds left come from the server's clock; only their passing is measured here.

const DAY = 86400;
const URGENT = 3600;

function two(number) {
  return String(number).padStart(2, "0");
}

function words(seconds, pattern) {
  if (seconds >= DAY) {
    const days = Math.floor(seconds / DAY);
    const hours = Math.floor((seconds % DAY) / 3600);
    return pattern.replace("{d}", days).replace("{h}", hours);
  }
  const hours = Math.floor(seconds / 3600);
  return two(hours) + ":" + two(Math.floor(seconds / 60) % 60) + ":" + two(seconds % 60);
}

function show(element, seconds) {
  const frame = element.closest(".countdown");
  element.textContent = seconds > 0 ? words(seconds, element.dataset.days) : element.dataset.ended;
  if (frame) frame.classList.toggle("is-urgent", seconds > 0 && seconds <= URGENT);
}

export function startCountdowns(root) {
  const started = performance.now();
  const elements = Array.from(root.querySelectorAll("[data-countdown]"));
  if (!elements.length) return;
  function tick() {
    const passed = (performance.now() - started) / 1000;
    elements.forEach(function (element) {
      show(element, Math.max(0, Math.ceil(Number(element.dataset.seconds) - passed)));
    });
  }
  tick();
  window.setInterval(tick, 1000);
}
