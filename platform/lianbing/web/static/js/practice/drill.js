// A drill without reloads: the answer is sent in the background, and the next question's text
// is fetched while this one is read, so it stands there at once. The key never comes early:
// the server sends it only with the feedback. Without this script every step is a plain page.
// Runs in Chrome 80.

const HEADERS = { "X-Requested-With": "fetch" };
const stage = document.querySelector("[data-drill]");
const fetched = new Map();
let pressed = null;

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

// The server knows an answer by its place in the drill: sending it again is harmless.
async function send(form) {
  const part = currentPart();
  const body = bodyOf(form);
  setBusy(form, true);
  try {
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

window.addEventListener("popstate", function () {
  window.location.reload();
});

fetchAhead();
