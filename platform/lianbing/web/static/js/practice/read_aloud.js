// Reads a question aloud with the browser's own Chinese voice; where there is none, the button
// stays hidden. Nothing leaves the device unless the browser's voice itself does. Chrome 80.

const LANGUAGE = "zh-CN";
const synthesis = window.speechSynthesis;
let pressed = null;

function findVoice() {
  const voices = synthesis ? synthesis.getVoices() : [];
  const plain = (voice) => voice.lang.replace("_", "-").toLowerCase();
  return voices.find((voice) => plain(voice) === "zh-cn") || voices.find((voice) => plain(voice).startsWith("zh"));
}

function offer() {
  document.documentElement.classList.toggle("can-read-aloud", Boolean(findVoice()));
}

function textOf(node, blank) {
  const copy = node.cloneNode(true);
  copy.querySelectorAll("input").forEach((field) => field.replaceWith(blank));
  return copy.textContent.replace(/\s+/g, " ").trim();
}

function wordsOf(place, blank) {
  const parts = place.querySelectorAll(".question .question-stem, .question-option-text, .match-prompt, .match-rights li, .order-text");
  return Array.from(parts, (part) => textOf(part, blank)).filter(Boolean);
}

function quiet() {
  synthesis.cancel();
  if (pressed) pressed.querySelector("span").textContent = pressed.dataset.read;
  pressed = null;
}

function read(button) {
  const place = button.closest("[data-part], .drill");
  pressed = button;
  const label = button.querySelector("span");
  button.dataset.read = label.textContent;
  label.textContent = button.dataset.stop;
  const words = wordsOf(place, button.dataset.blank);
  words.forEach((text, number) => {
    const said = new SpeechSynthesisUtterance(text);
    said.lang = LANGUAGE;
    said.voice = findVoice();
    if (number === words.length - 1) said.onend = quiet;
    synthesis.speak(said);
  });
}

if (synthesis) {
  offer();
  if (synthesis.addEventListener) synthesis.addEventListener("voiceschanged", offer);
  else synthesis.onvoiceschanged = offer;
  document.addEventListener("click", (event) => {
    const button = event.target.closest("[data-read-aloud]");
    const before = pressed;
    if (before && (button || event.target.closest("a, [type=submit]"))) quiet();
    if (button && button !== before) read(button);
  });
  window.addEventListener("pagehide", () => synthesis.cancel());
}
