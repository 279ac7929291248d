// The waiting room: has the sealed paper and the empty exam page on this device before the
// opening, so that entering is one small request: a ticket goes, and the key and one's own
// order come back.
// Where anything of it is missing, the form is sent as any form is.

import { byId, el } from "./elements.js";
import { sebHeaders } from "./seb.js";
import { canUnseal, keepCopy } from "./unseal.js";

const SPREAD_MS = 60000; // thousands come in together: not all of them fetch at once
const RETRY_MS = 5000;
const PATIENCE_MS = 15000;
const MOST_TRIES = 5;

function wait(ms) {
  return new Promise((resolve) => setTimeout(resolve, ms));
}

async function fetchPage(url, ticket) {
  const headers = Object.assign({ "X-Exam-Ticket": ticket }, sebHeaders());
  const response = await fetch(url, { headers, redirect: "error" });
  if (!response.ok) throw new Error("status " + response.status);
  return response;
}

/** The same empty page is what opens again when the network fails in the exam. */
async function keepFor(sit, response) {
  try {
    const [{ canKeep, keepPage }] = await Promise.all([import("./keep.js"), import("./reopen.js")]);
    if (canKeep()) await keepPage(new URL(sit, location.href).pathname, response);
  } catch (error) {
    // the exam page tries once more
  }
}

/** Styles and modules of the exam page come early too. */
function preload(page) {
  page.head.querySelectorAll("link").forEach((link) => {
    const known = Array.from(document.head.querySelectorAll("link")).some((one) => one.href === link.href);
    if (!known) document.head.append(document.importNode(link));
  });
  modulesOf(page).forEach((href) => document.head.append(el("link", { rel: "modulepreload", href })));
}

function modulesOf(page) {
  return Array.from(page.querySelectorAll("script[type=module]"), (script) => script.src);
}

export class WaitingRoom {
  constructor(lobby, form) {
    Object.assign(this, { lobby, form, page: null, tries: 0 });
    form.addEventListener("submit", (event) => {
      if (event.defaultPrevented || !this.page) return;
      event.preventDefault();
      this.enter();
    });
  }

  /** Fetch what may be fetched before the opening; `left` is the time to it in ms. */
  async prepare(left) {
    const { copy, shell, ticket } = this.lobby.dataset;
    if (!copy || !ticket || !canUnseal()) return;
    await wait(Math.max(0, Math.min(SPREAD_MS, left / 2)) * Math.random());
    while (!this.page) {
      try {
        await keepCopy(copy);
        const response = await fetchPage(shell, ticket);
        const page = new DOMParser().parseFromString(await response.clone().text(), "text/html");
        preload(page);
        this.page = page;
        await keepFor(this.lobby.dataset.sit, response);
        this.lobby.dataset.ready = "true";
      } catch (error) {
        await wait(RETRY_MS * (1 + Math.random()));
      }
    }
  }

  async enter() {
    const button = this.form.querySelector("button");
    button.disabled = true;
    this.tries += 1;
    const told = await this._ask();
    if (told.exam) {
      this._sit(told.exam);
      return;
    }
    if (told.stale) {
      this.form.submit(); // the ordinary way in, which asks who this is
      return;
    }
    byId("refused").textContent = told.refused || this.lobby.dataset.busy;
    if (told.refused || this.tries >= MOST_TRIES) {
      this.tries = 0;
      button.disabled = false;
      return;
    }
    await wait(1000 * this.tries * (0.5 + Math.random()));
    this.enter();
  }

  async _ask() {
    const abort = new AbortController();
    const timer = setTimeout(() => abort.abort(), PATIENCE_MS);
    const asked = performance.now();
    try {
      const response = await fetch(this.lobby.dataset.start, {
        method: "POST",
        headers: Object.assign({ "Content-Type": "application/json", "X-Exam-Ticket": this.lobby.dataset.ticket }, sebHeaders()),
        body: JSON.stringify({ access_code: new FormData(this.form).get("access_code") || "" }),
        redirect: "error",
        signal: abort.signal,
      });
      const answered = performance.now();
      const body = await response.json();
      if (response.ok) return { exam: Object.assign(body, { span: [asked, answered] }) };
      if (body.error && body.error.code === "bad_ticket") return { stale: true };
      const isFinal = response.status < 500 && response.status !== 429 && body.error;
      return { refused: isFinal ? body.error.message : "" };
    } catch (error) {
      return { refused: "" };
    } finally {
      clearTimeout(timer);
    }
  }

  /** This page becomes the exam page: nothing more is fetched. */
  _sit(own) {
    const page = this.page;
    const data = page.getElementById("exam-data");
    const person_name = this.lobby.dataset.name;
    data.textContent = JSON.stringify(Object.assign(JSON.parse(data.textContent), { person_name }, own));
    const modules = modulesOf(page);
    history.replaceState(null, "", this.lobby.dataset.sit);
    document.title = page.title;
    document.documentElement.className = page.documentElement.className;
    document.body.replaceWith(document.adoptNode(page.body));
    window.scrollTo(0, 0);
    modules.forEach((url) => import(url));
  }
}
