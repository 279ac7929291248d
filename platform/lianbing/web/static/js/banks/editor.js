// The question editor while typing: the question as candidates see it, and others of the bank that
// say nearly the same. Both are drawn by the server; without this script a button asks for them.
// Runs in Chrome 80.

const PAUSE_MS = 600;
const form = document.querySelector("form[data-look]");
const live = document.getElementById("live");
let timer = 0;
let asked = 0;

async function look() {
  asked += 1;
  const own = asked;
  const body = new FormData(form);
  body.delete("picture"); // it is looked at once it is put into the stem
  try {
    const response = await fetch(form.dataset.look, { method: "POST", body, credentials: "same-origin", redirect: "error" });
    if (!response.ok || own !== asked) return;
    live.innerHTML = await response.text();
  } catch (error) {
    // what stands there stays; saving tells what is wrong
  }
}

function soon() {
  clearTimeout(timer);
  timer = setTimeout(look, PAUSE_MS);
}

/** Ctrl+Enter saves from any field, as in other editors. */
function keys(event) {
  if (event.key !== "Enter" || !(event.ctrlKey || event.metaKey)) return;
  event.preventDefault();
  form.querySelector("button[data-save]").click();
}

if (form && live) {
  form.addEventListener("input", soon);
  form.addEventListener("change", soon);
  form.addEventListener("keydown", keys);
  look();
}
