// The reading list of a reviewer by keyboard: next, previous, approve, send back, later. A reason is
// asked for only where a question is sent back. The page works without this script. Runs in Chrome 80.

const form = document.getElementById("reading");
const cards = form ? Array.from(form.querySelectorAll("[data-question]")) : [];
const VERDICTS = { a: "approve", r: "reject", l: "" };

function radios(card) {
  return Array.from(card.querySelectorAll("input[type=radio]"));
}

function verdictOf(card) {
  const chosen = radios(card).find((radio) => radio.checked);
  return chosen ? chosen.value : "";
}

function show() {
  const decidable = cards.filter((card) => radios(card).length > 0);
  const done = decidable.filter((card) => verdictOf(card) !== "");
  decidable.forEach(function (card) {
    card.querySelector("[data-reason]").hidden = verdictOf(card) !== "reject";
    card.classList.toggle("is-approved", verdictOf(card) === "approve");
    card.classList.toggle("is-rejected", verdictOf(card) === "reject");
  });
  form.querySelector("[data-told]").textContent = form.dataset.count
    .replace("{done}", String(done.length))
    .replace("{all}", String(decidable.length));
  form.querySelector("[data-rest]").hidden = done.length === decidable.length;
}

function decide(card, verdict) {
  const radio = radios(card).find((one) => one.value === verdict);
  if (!radio) return;
  radio.checked = true;
  show();
  if (verdict === "reject") card.querySelector("textarea").focus();
}

function here() {
  const at = cards.findIndex((card) => card.contains(document.activeElement));
  return at;
}

function go(to) {
  const card = cards[Math.max(0, Math.min(to, cards.length - 1))];
  card.focus({ preventScroll: true });
  card.scrollIntoView({ block: "start" });
}

function keys(event) {
  if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) {
    event.preventDefault();
    form.querySelector("button[type=submit]").click();
    return;
  }
  const typing = event.target.matches("textarea, select, input:not([type=radio])");
  if (typing || event.ctrlKey || event.metaKey || event.altKey) return;
  const key = event.key.toLowerCase();
  if (key === "j" || key === "k") {
    event.preventDefault();
    go(key === "j" ? here() + 1 : here() - 1);
  } else if (key in VERDICTS && here() >= 0) {
    event.preventDefault();
    decide(cards[here()], VERDICTS[key]);
    if (key === "a") go(here() + 1);
  }
}

if (form) {
  document.addEventListener("keydown", keys);
  form.addEventListener("change", show);
  form.querySelector("[data-rest]").addEventListener("click", function () {
    cards.forEach(function (card) {
      if (verdictOf(card) === "") decide(card, "approve");
    });
  });
  show();
}
