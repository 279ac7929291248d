// A drill without reloads: the answer is sent in the background, and the next question's text
// is fetched while this one is read, so it stands there at once. The key never comes early:
// the server sends it only with the feedback. Without this script every step is a plain page.
// Runs in Chrome 80.

const HEADERS = { "X-Requested-With": "fetch" };
const stage = document.querySelector("[data-drill]");
const fetched = new Map();
let pressed = null;
const PATIENCE_MS = 1500;
let opening = null; // the small endpoint being opened, from the first touch on
let quick = null; // the small endpoint's module
let drill = null; // its token and questions, where this drill has one

function currentPart() {
  return stage.querySelector("[data-part]");
}

// An answer that came by way of a redirect is another page, such as the one to sign in.
async function textOf(response) {
  if (!response.ok || response.redirected) return null;
  return response.text();
}

async function get(url) {
  const response = await fetch(url, { headers: HEADERS, credentials: "same-origin" });
  return textOf(response);
}

function fetchAhead() {
  const ahead = currentPart().dataset.ahead;
  if (!ahead || fetched.has(ahead)) return;
  fetched.set(
    ahead,
    get(ahead).catch(function () {
      fetched.delete(ahead);
      return null;
    })
  );
}

function show(html) {
  stage.innerHTML = html;
  window.scrollTo(0, 0);
  const start = stage.querySelector("[data-part-focus]");
  if (start) start.focus({ preventScroll: true });
  fetchAhead();
}

function tellUnsent(part) {
  part.querySelector("[data-unsent]").hidden = false;
}

function setBusy(form, busy) {
  form.querySelectorAll("button").forEach(function (button) {
    button.disabled = busy;
  });
}

function bodyOf(form) {
  const body = new URLSearchParams(new FormData(form));
  if (pressed && pressed.form === form && pressed.name) body.append(pressed.name, pressed.value);
  return body;
}

// What is kept, noted and reported about an answered question: the server's page has it.
async function bringExtras(room) {
  const page = new DOMParser().parseFromString((await get(currentPart().dataset.partUrl)) || "", "text/html");
  const there = page.querySelector("[data-part]");
  const skipped = ".drill-head, .drill-why, .feedback, .drill-ways, [data-unsent]";
  if (!there) return;
  room.append(...Array.from(there.children).filter((child) => !child.matches(skipped)));
  room.scrollIntoView({ block: "center" });
}

function tell(form, text) {
  let told = form.querySelector("[data-told]");
  if (!told) {
    told = document.createElement("p");
    told.className = "notice notice-warning";
    told.dataset.told = "";
    told.setAttribute("role", "alert");
    form.prepend(told);
  }
  told.textContent = text;
}

/** Whether the small endpoint has dealt with it. */
async function sentQuickly(part, form) {
  if (opening) await Promise.race([opening, new Promise((resolve) => setTimeout(resolve, PATIENCE_MS))]);
  const position = Number(part.dataset.position);
  const asked = drill && drill.asked.get(position);
  if (!asked || asked.type === "short_answer") return false;
  const gaveUp = Boolean(pressed && pressed.form === form && pressed.name === "gave_up");
  const told = await quick.send(drill, position, gaveUp ? null : quick.answerIn(form, asked), gaveUp);
  if (told === null) return false;
  if (told.refused) {
    setBusy(form, false);
    tell(form, quick.nothingChosen());
  } else {
    quick.draw(part, asked, told, bringExtras);
  }
  return true;
}

// The server knows an answer by its place in the drill: sending it again is harmless.
async function send(form) {
  const part = currentPart();
  const body = bodyOf(form);
  setBusy(form, true);
  try {
    if (await sentQuickly(part, form)) return;
    const response = await fetch(part.dataset.partUrl, {
      method: "POST",
      headers: HEADERS,
      credentials: "same-origin",
      body: body,
    });
    if (response.status >= 500) throw new Error("not now");
    const html = await textOf(response);
    if (html === null) window.location.assign(part.dataset.here);
    else show(html);
  } catch (error) {
    setBusy(form, false);
    tellUnsent(part);
  }
}

async function goOn(link) {
  const ahead = currentPart().dataset.ahead;
  fetchAhead();
  const html = await fetched.get(ahead);
  fetched.delete(ahead);
  if (!html) {
    window.location.assign(link.href);
    return;
  }
  window.history.pushState(null, "", link.href);
  show(html);
  document.title = stage.querySelector("h1").textContent;
}

// Steps of an ordering are moved here at once; without the script the server moves them.
function moveStep(button) {
  const step = button.closest("li");
  const up = button.value.endsWith(" up");
  const other = up ? step.previousElementSibling : step.nextElementSibling;
  if (!other) return;
  step.parentNode.insertBefore(up ? step : other, up ? other : step);
  button.focus();
  const told = step.closest("form").querySelector("[data-moved]");
  const place = Array.from(step.parentNode.children).indexOf(step) + 1;
  told.textContent = told.dataset.moved.replace("{n}", String(place));
}

stage.addEventListener("click", function (event) {
  pressed = event.target.closest("button");
  if (pressed && pressed.name === "move") {
    event.preventDefault();
    moveStep(pressed);
    return;
  }
  const link = event.target.closest("a[data-next]");
  const plain = !(event.ctrlKey || event.metaKey || event.shiftKey || event.button);
  if (!link || !plain || !currentPart().dataset.ahead) return;
  event.preventDefault();
  goOn(link);
});

stage.addEventListener("submit", function (event) {
  if (!event.target.matches("form[data-answer]")) return;
  event.preventDefault();
  send(event.target);
});

// Fetched at the first touch, so that the question stands there first; an answer waits
// for it a moment, then takes the plain way.
async function openedDrill() {
  try {
    const [module, opened] = await Promise.all([import("./quick.js"), getJson(stage.dataset.drill)]);
    quick = module;
    drill = module.opened(opened);
  } catch (error) {
    drill = null; // the plain way, then
  }
}

async function getJson(address) {
  const answer = await fetch(address, { headers: { Accept: "application/json" }, credentials: "same-origin", redirect: "error" });
  if (!answer.ok) throw new Error("status " + answer.status);
  return answer.json();
}

if (stage.dataset.drill) {
  const openOnce = () => {
    opening = opening || openedDrill();
  };
  ["pointerdown", "keydown"].forEach((kind) => stage.addEventListener(kind, openOnce, { once: true }));
}

window.addEventListener("popstate", function () {
  window.location.reload();
});

fetchAhead();
