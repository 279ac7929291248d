// Safe Exam Browser's keys for this page, where SEB gives them to scripts instead of sending headers.

/** Headers that carry what SEB computed for this page; none in any other browser. */
export function sebHeaders() {
  const security = window.SafeExamBrowser && window.SafeExamBrowser.security;
  if (!security || !security.configKey) return {};
  const headers = { "X-SafeExamBrowser-ConfigKeyHash": security.configKey };
  if (security.browserExamKey) headers["X-SafeExamBrowser-RequestHash"] = security.browserExamKey;
  return headers;
}
