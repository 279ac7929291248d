// The lobby wakes its button when the server's clock says the exam is open.

import { byId } from "./elements.js";
import { pageLoadSpan, ServerClock } from "./clock.js";
import { sebHeaders } from "./seb.js";
import { WaitingRoom } from "./waiting_room.js";
import { timeLeft } from "./words.js";

const DOORS_MS = 10000;

const lobby = byId("lobby");
const opens = Date.parse(lobby.dataset.opens);
const clock = new ServerClock();
clock.learn(Date.parse(lobby.dataset.now), ...pageLoadSpan());

function tick() {
  if (clock.slipped()) {
    location.reload(); // the device slept: ask the server again
    return;
  }
  const left = opens - clock.now();
  byId("until-open").textContent = timeLeft(left);
  if (left > 0) {
    setTimeout(tick, Math.min(1000, (left % 1000) + 20));
    return;
  }
  open();
}

function open() {
  if (lobby.dataset.doors) {
    byId("open-now").textContent = byId("open-now").dataset.held;
    askDoors();
    return;
  }
  byId("enter").querySelector("button").disabled = false;
  byId("open-now").textContent = byId("open-now").dataset.open;
}

/** Ask now and then whether two persons have released the questions. */
async function askDoors() {
  try {
    const response = await fetch(lobby.dataset.doors, { cache: "no-store" });
    const answer = await response.json();
    if (answer.open) {
      delete lobby.dataset.doors;
      open();
      return;
    }
  } catch (error) {
    // the network may be back the next time
  }
  setTimeout(askDoors, DOORS_MS * (1 + Math.random()));
}

if (byId("seb-wanted")) byId("seb-wanted").hidden = Boolean(sebHeaders()["X-SafeExamBrowser-ConfigKeyHash"]);
if (byId("enter")) new WaitingRoom(lobby, byId("enter")).prepare(opens - clock.now());
if (lobby.dataset.state === "waiting") tick();
if (lobby.dataset.state === "unreleased") open();
window.addEventListener("pageshow", (event) => {
  if (event.persisted) location.reload();
});
