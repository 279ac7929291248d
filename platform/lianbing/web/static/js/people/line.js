// The line at the door: asks where one stands as often as the server says, and goes on when
// called. Without this script the page reloads itself instead. Runs in Chrome 80.

const line = document.getElementById("line");
const LONGEST = 30000;
const SPEAK_EVERY = 20000;
let failures = 0;
let spokenAt = Date.now();

function put(name, text) {
  line.querySelector("[data-" + name + "]").textContent = text;
}

function away(is) {
  const notice = line.querySelector(".line-away");
  notice.textContent = is ? line.dataset.away : "";
  notice.hidden = !is;
}

function show(found) {
  put("place", found.place);
  put("ahead", found.ahead);
  put("wait", found.wait);
  if (Date.now() - spokenAt >= SPEAK_EVERY) {
    spokenAt = Date.now();
    put("said", found.ahead + " " + found.wait);
  }
}

async function ask() {
  try {
    const answer = await fetch(line.dataset.url, {
      headers: { Accept: "application/json" },
      credentials: "same-origin",
      cache: "no-store",
    });
    if (!answer.ok) throw new Error("status " + answer.status);
    const found = await answer.json();
    if (found.go) {
      window.location.replace(found.go);
      return;
    }
    failures = 0;
    away(false);
    show(found);
    window.setTimeout(ask, found.again_in * 1000);
  } catch (error) {
    failures += 1;
    away(true);
    window.setTimeout(ask, Math.min(1000 * Math.pow(2, failures), LONGEST) * (0.75 + Math.random() / 2));
  }
}

window.setTimeout(ask, Number(line.dataset.againIn) * 1000);
