// What a trial sitting notes down for its report: round trips, and saves that came through or not.

const MOST_TIMES = 60;

function nameOf(examId) {
  return "lianbing.trial." + examId;
}

/** The notes so far: {since, times, acknowledged, failed}; a fresh sheet where nothing was kept. */
export function readNotes(examId) {
  const fresh = { since: 0, times: [], acknowledged: 0, failed: 0 };
  try {
    return Object.assign(fresh, JSON.parse(localStorage.getItem(nameOf(examId)) || "{}"));
  } catch (error) {
    return fresh;
  }
}

function writeNotes(examId, notes) {
  try {
    localStorage.setItem(nameOf(examId), JSON.stringify(notes));
  } catch (error) {
    // the report says that nothing is kept here
  }
}

/** Watch the requests of a trial's page; `since` of the first visit stays, to tell what survives. */
export function watchTrial(exam) {
  const before = readNotes(exam.exam.id);
  const isSame = before.device === exam.device;
  const notes = isSame ? before : { since: before.since || Date.now(), device: exam.device, times: [], acknowledged: 0, failed: 0 };
  writeNotes(exam.exam.id, notes);
  window.addEventListener("lianbing:call", ({ detail }) => {
    const isSave = detail.url === exam.save_url || detail.url === exam.hand_in_url;
    if (!isSave && detail.url !== exam.state_url) return;
    const isIn = detail.kind === "ok";
    if (isIn) notes.times = notes.times.concat(Math.round(detail.ms)).slice(-MOST_TIMES);
    if (isSave && isIn && detail.entries) notes.acknowledged += detail.entries;
    if (isSave && !isIn) notes.failed += 1;
    writeNotes(exam.exam.id, notes);
  });
}
