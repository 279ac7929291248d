// One tab at a time: the newest page of a sitting goes on, an older one in this browser yields.

function nameOf(key) {
  return "lianbing.tab." + key;
}

/** Claim the sitting for this tab; `lost` is called once when another tab claims it. */
export function claimTab(key, lost) {
  const name = nameOf(key);
  const mine = Date.now() + "-" + Math.random();
  try {
    localStorage.setItem(name, mine);
  } catch (error) {
    return; // no store to quarrel over
  }
  window.addEventListener("storage", (event) => {
    if (event.key === name && event.newValue && event.newValue !== mine) lost();
  });
}

/** The sitting is over: forget who held it. */
export function forgetTab(key) {
  try {
    localStorage.removeItem(nameOf(key));
  } catch (error) {
    // nothing was kept there
  }
}
