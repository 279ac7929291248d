// The blueprint editor: what the bank has for each cell is told while typing.
// The page works without this script by its Check button. Runs in Chrome 80.

const WAIT_MS = 250;
const form = document.getElementById("blueprint");
let timer = 0;
let asked = 0;

function showCells(cells) {
  form.querySelectorAll("[data-told]").forEach(function (place) {
    const told = cells[place.dataset.told];
    if (!told) return;
    place.textContent = told.text;
    place.classList.toggle("is-short", told.short);
    place.classList.toggle("is-empty", told.empty);
  });
}

function showTexts(selector, key, texts) {
  form.querySelectorAll(selector).forEach(function (place) {
    const text = texts[Number(place.dataset[key])];
    if (text !== undefined) place.textContent = text;
  });
}

function show(coverage) {
  showCells(coverage.cells);
  showTexts("[data-sum-row]", "sumRow", coverage.rows);
  showTexts("[data-column]", "column", coverage.columns);
  form.querySelector("[data-total]").textContent = coverage.total;
  form.querySelector("[data-practised]").textContent = coverage.practised;
  form.querySelector("[data-fits]").hidden = !coverage.can_fill;
  form.querySelector("[data-short]").hidden = coverage.can_fill;
  const list = form.querySelector("[data-whole]");
  list.textContent = "";
  coverage.whole.forEach(function (text) {
    const item = document.createElement("li");
    item.textContent = text;
    list.appendChild(item);
  });
}

function ask() {
  asked += 1;
  const number = asked;
  const typed = new URLSearchParams();
  new FormData(form).forEach(function (value, name) {
    typed.append(name, value);
  });
  fetch(form.dataset.coverage, {
    method: "POST",
    body: typed,
    headers: { Accept: "application/json" },
  })
    .then(function (response) {
      if (!response.ok) throw new Error("status " + response.status);
      return response.json();
    })
    .then(function (coverage) {
      if (number === asked) show(coverage);
    })
    .catch(function () {
      // Away from the server the last figures stay; saving checks again.
    });
}

if (form) {
  form.addEventListener("input", function () {
    window.clearTimeout(timer);
    timer = window.setTimeout(ask, WAIT_MS);
  });
}
