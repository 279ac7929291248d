// What became of answers sent by a page that could not tell: kept until a page can.

const NAME = "lianbing.tally";

/** Nothing sent yet, on top of what was sent where nobody could be told. */
export function takeTally() {
  const tally = { sent: 0, uncounted: 0, refused: 0 };
  try {
    Object.assign(tally, JSON.parse(localStorage.getItem(NAME) || "{}"));
    localStorage.removeItem(NAME);
  } catch (error) {
    // then only what comes now is told
  }
  return tally;
}

/** Keep a tally for the next page that can tell it. */
export function keepTally(tally) {
  try {
    localStorage.setItem(NAME, JSON.stringify(tally));
  } catch (error) {
    // the answers are safe all the same
  }
}
