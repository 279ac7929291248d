// One request to the exam API, and what its answer means for what happens next.

import { sebHeaders } from "./seb.js";

const PATIENCE_MS = 12000;

function classify(status) {
  if (status === 401 || status === 403) return "forbidden";
  if (status === 408 || status === 429 || status >= 500) return "busy";
  return "rejected";
}

/**
 * Send a body (null = GET) and tell how it went: {kind: "ok", body} when the server answered as
 * agreed, "offline" when nothing trustworthy came back (a captive portal's page counts as
 * nothing), "busy" when to try again, "forbidden" when the token is refused, "rejected" when
 * the request as it stands will never be taken.
 */
export async function call(url, token, body, options) {
  const sent = performance.now();
  const outcome = await ask(url, token, body, options || {});
  const entries = body && body.entries ? body.entries.length : 0;
  const detail = { url, kind: outcome.kind, entries, ms: performance.now() - sent };
  window.dispatchEvent(new CustomEvent("lianbing:call", { detail })); // a trial sitting listens
  return outcome;
}

async function ask(url, token, body, { clock, keepalive }) {
  const abort = new AbortController();
  const timer = setTimeout(() => abort.abort(), PATIENCE_MS);
  const sent = performance.now();
  try {
    const response = await fetch(url, {
      method: body ? "POST" : "GET",
      headers: Object.assign({ "X-Attempt-Token": token }, sebHeaders(), body && { "Content-Type": "application/json" }),
      body: body ? JSON.stringify(body) : undefined,
      keepalive: Boolean(keepalive),
      redirect: "error",
      signal: abort.signal,
    });
    const received = performance.now();
    const answer = await response.json();
    if (response.ok) {
      if (clock) {
        const serverMs = Date.parse(answer.server_now);
        if (!serverMs || !answer.state) return { kind: "offline" }; // not our server speaking
        clock.learn(serverMs, sent, received);
      }
      return { kind: "ok", body: answer };
    }
    return Object.assign({ kind: classify(response.status) }, answer.error);
  } catch (error) {
    return { kind: "offline" };
  } finally {
    clearTimeout(timer);
  }
}
