// Follows a live board: asks again with the last ETag, more seldom while nothing changes,
// not at all while the page is hidden or once the standing is final. Runs in Chrome 80.

const SOONEST = 4000;
const LATEST = 60000;

const board = document.getElementById("board");
const template = document.getElementById("board-line");
let etag = null;
let wait = SOONEST;
let timer = null;

function fill(root, line) {
  ["rank", "name", "marks", "time"].forEach(function (name) {
    const place = root.querySelector('[data-field="' + name + '"]');
    if (place) place.textContent = line[name];
  });
}

function draw(line) {
  const row = document.importNode(template.content, true).querySelector("tr");
  fill(row, line);
  row.classList.toggle("is-me", line.me);
  row.querySelector("[data-me]").hidden = !line.me;
  row.querySelector(".place").classList.toggle("place-honour", line.rank <= 3);
  return row;
}

function drawAll(name, lines) {
  const body = board.querySelector('[data-lines="' + name + '"]');
  const rows = document.createDocumentFragment();
  lines.forEach(function (line) {
    rows.appendChild(draw(line));
  });
  body.textContent = "";
  body.appendChild(rows);
}

function show(found) {
  if (!found.visible) {
    window.location.reload();
    return;
  }
  const mine = board.querySelector("[data-mine]");
  mine.hidden = !found.mine;
  if (found.mine) fill(mine, found.mine);
  board.querySelector("[data-count]").textContent = found.count;
  board.querySelector("[data-filled]").hidden = found.count === 0;
  board.querySelector("[data-empty]").hidden = found.count !== 0;
  board.querySelector("[data-around]").hidden = found.around.length === 0;
  drawAll("top", found.top);
  drawAll("around", found.around);
}

async function ask() {
  const headers = etag ? { "If-None-Match": etag } : {};
  const answer = await fetch(board.dataset.url, { headers: headers, cache: "no-store" });
  if (answer.status === 304) return false;
  if (!answer.ok) throw new Error("status " + answer.status);
  const found = await answer.json();
  const changed = etag !== null;
  etag = answer.headers.get("ETag");
  show(found);
  if (found.closed) board.dataset.closed = "yes";
  return changed;
}

function later() {
  if ("closed" in board.dataset || document.hidden) return;
  window.clearTimeout(timer);
  // Spread, so that a hall full of phones does not ask in step.
  timer = window.setTimeout(follow, wait * (0.8 + Math.random() * 0.4));
}

async function follow() {
  try {
    const changed = await ask();
    wait = changed ? SOONEST : Math.min(LATEST, wait * 1.5);
  } catch (error) {
    wait = Math.min(LATEST, wait * 2);
  }
  later();
}

if (board && !("closed" in board.dataset)) {
  const status = document.querySelector("[data-status]");
  if (status) status.hidden = false;
  document.addEventListener("visibilitychange", function () {
    if (document.hidden) {
      window.clearTimeout(timer);
    } else {
      wait = SOONEST;
      follow();
    }
  });
  later();
}
