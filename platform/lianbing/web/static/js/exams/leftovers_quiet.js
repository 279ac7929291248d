// On pages that are not about exams: send what an exam page left on this device, without a word.
//
// What came of it is kept, and the next exam page tells it.

import { findLeftovers, sendGroup } from "./leftovers.js";
import { DeviceStore } from "./store.js";
import { keepTally, takeTally } from "./tally.js";

async function work() {
  const store = new DeviceStore();
  const groups = await findLeftovers(store, null);
  const tally = takeTally();
  for (const group of groups) await sendGroup(store, group, tally);
  if (tally.sent + tally.uncounted + tally.refused) keepTally(tally);
}

work();
window.addEventListener("online", work);
