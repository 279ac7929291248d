// The honest word on saving: "saved" only when the server has acknowledged everything.

import { byId } from "./elements.js";
import { announce } from "./notices.js";
import { say, timeOfDay } from "./words.js";

const ALARMING = ["offline", "busy", "cut", "stuck"];

function stateOf({ sender, unsent, drafting, refused, uncounted }) {
  if (refused) return "trouble";
  if (sender.stopped && unsent) return "stuck";
  const cut = navigator.onLine === false || (sender.failures && sender.lastKind === "offline");
  if (!unsent && !drafting) {
    if (cut) return "cut";
    return uncounted ? "kept" : sender.savedAt ? "saved" : "idle";
  }
  if (cut) return "offline";
  return sender.failures > 1 ? "busy" : "sending";
}

/** Show the state; what it costs to miss is also told to screen readers. */
export function showSaveState(facts) {
  const box = byId("save-state");
  const state = stateOf(facts);
  const before = box.dataset.state;
  box.dataset.state = state;
  const values = { n: facts.refused || facts.unsent || facts.uncounted, time: timeOfDay(facts.sender.savedAt) };
  const text = say("save_" + state, values);
  if (box.textContent !== text) box.textContent = text;
  const alarming = ALARMING.includes(state);
  const relieved = ALARMING.includes(before) && ["saved", "kept", "idle"].includes(state);
  if (before !== state && (alarming || relieved)) announce(text);
}
