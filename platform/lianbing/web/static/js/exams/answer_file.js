// An answer file: what this device could not send, sealed so that only the exam's own key opens it.
//
// For the case that the network never returns. It needs the browser's own cryptography, which a
// browser gives only to pages it got over https or from this very device.

import { el } from "./elements.js";
import { onTheWire } from "./journal.js";
import { findLeftovers } from "./leftovers.js";
import { notify } from "./notices.js";
import { say } from "./words.js";

const TYPE = "lianbing.answer_file/1";

export function canSeal() {
  return Boolean(window.isSecureContext && window.crypto && window.crypto.subtle);
}

function toBase64(buffer) {
  let text = "";
  new Uint8Array(buffer).forEach((byte) => {
    text += String.fromCharCode(byte);
  });
  return btoa(text);
}

function fromBase64(text) {
  return Uint8Array.from(atob(text), (character) => character.charCodeAt(0));
}

/** Everything of this attempt that the server has not acknowledged, of this device's every number. */
async function unsent(sitting) {
  const groups = await findLeftovers(sitting.store, sitting.key);
  const own = { token: sitting.exam.token, entries: sitting.journal.pending.map(onTheWire) };
  return groups
    .filter((group) => group.sitting.attempt === sitting.exam.attempt.id)
    .map((group) => ({ token: group.sitting.token, entries: group.entries.map(onTheWire) }))
    .concat(own)
    .filter((part) => part.entries.length);
}

/** Seal a value for an exam: a fresh AES-GCM key, wrapped by the exam's RSA-OAEP key. */
async function seal(exam, value) {
  const subtle = window.crypto.subtle;
  const bytes = (text) => new TextEncoder().encode(text);
  const theirs = await subtle.importKey(
    "spki", fromBase64(exam.answer_key), { name: "RSA-OAEP", hash: "SHA-256" }, false, ["encrypt"]);
  const secret = await subtle.generateKey({ name: "AES-GCM", length: 256 }, true, ["encrypt"]);
  const iv = window.crypto.getRandomValues(new Uint8Array(12));
  const how = { name: "AES-GCM", iv, additionalData: bytes(TYPE + "\n" + exam.exam.id) };
  const sealed = await subtle.encrypt(how, secret, bytes(JSON.stringify(value)));
  const wrapped = await subtle.encrypt({ name: "RSA-OAEP" }, theirs, await subtle.exportKey("raw", secret));
  return JSON.stringify({
    type: TYPE, exam: exam.exam.id, wrapped: toBase64(wrapped), iv: toBase64(iv), sealed: toBase64(sealed),
  });
}

function download(name, text) {
  const address = URL.createObjectURL(new Blob([text], { type: "application/json" }));
  const link = el("a", { href: address, download: name });
  document.body.append(link);
  link.click();
  link.remove();
  setTimeout(() => URL.revokeObjectURL(address), 60000);
}

async function offer(sitting) {
  const { exam, clock } = sitting;
  try {
    const text = await seal(exam, { made_at: clock.iso(), sittings: await unsent(sitting) });
    download("lianbing-" + exam.exam.id + "-" + exam.attempt.id + ".json", text);
    const copy = el("textarea", { class: "form-control", rows: "4", readonly: true, "aria-label": say("file_text"), onfocus: (event) => event.target.select() });
    copy.value = text;
    notify("file", "info", say("file_made"), copy);
  } catch (error) {
    notify("file", "danger", say("file_failed"));
  }
}

/** The way to an answer file, or why there is none here; nothing where the page has no key. */
export function answerFileAction(sitting) {
  if (!sitting.exam.answer_key) return null;
  if (!canSeal()) return el("p", { class: "file-impossible" }, say("file_impossible"));
  return el("button", { type: "button", class: "btn btn-secondary", onclick: () => offer(sitting) }, say("file_download"));
}
