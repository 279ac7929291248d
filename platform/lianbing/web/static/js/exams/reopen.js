// The exam page's part in opening again without a network: taking up what is kept, and keeping it.

import { byId, el, fill } from "./elements.js";
import { canKeep, Keeper, restore } from "./keep.js";
import { notify, unnotify } from "./notices.js";
import { reloadButton } from "./server_word.js";
import { say } from "./words.js";

const SHELVE_MS = 3000; // thousands enter together: what can wait is spread
const SHELVE_SPREAD_MS = 20000;

/** The attempt this device keeps for this page; null, and said so, where it keeps none. */
export async function readKept() {
  const kept = await restore().catch(() => null);
  if (!kept) {
    fill(byId("card"), el("p", {}, say("not_kept")), reloadButton("reload", "primary"));
    window.addEventListener("online", () => location.reload());
  }
  return kept;
}

/** From now on this page can be opened again without a network; where it cannot, say so. */
export async function keepHere(sitting, paper) {
  if (!canKeep()) {
    const read = { type: "button", class: "btn btn-secondary", onclick: () => unnotify("reload") };
    notify("reload", "info", say("no_reload"), el("button", read, say("notice_read")));
    return;
  }
  const { shell, build } = byId("sitting").dataset;
  const keeper = new Keeper(sitting, paper);
  sitting.keeper = keeper;
  const done = () => byId("sitting").setAttribute("data-kept", "true");
  const shelve = () => keeper.shelve(shell).then(done, () => setTimeout(shelve, SHELVE_SPREAD_MS));
  if (await keeper.isShelved(build)) done();
  else if (!keeper.gone) setTimeout(shelve, SHELVE_MS + Math.random() * SHELVE_SPREAD_MS);
}
