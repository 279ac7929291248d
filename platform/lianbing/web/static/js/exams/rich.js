// Rendered texts: HTML that the server cleaned, parsed apart from the page, where no script runs.

/** The text to show: nodes of its HTML where it has any, else the text itself. */
export function rich(text, html) {
  if (!html) return text;
  const page = new DOMParser().parseFromString(html, "text/html");
  const nodes = document.createDocumentFragment();
  while (page.body.firstChild) nodes.append(document.adoptNode(page.body.firstChild));
  return nodes;
}

/** A stem as nodes with `blank(place)` where each blank stands; a number out of range is a rule. */
export function clozed(stem, html, blanks, blank) {
  const seen = new Set();
  const field = (place) => {
    if (seen.has(place) || place < 1 || place > blanks) return "____";
    seen.add(place);
    return blank(place);
  };
  let nodes;
  if (html) {
    const whole = rich(stem, html);
    whole.querySelectorAll("[data-blank]").forEach((mark) => mark.replaceWith(field(Number(mark.dataset.blank))));
    nodes = [whole];
  } else {
    nodes = stem.split(/\{\{(\d+)\}\}/).map((part, index) => (index % 2 ? field(Number(part)) : part));
  }
  for (let place = 1; place <= blanks; place += 1) {
    if (!seen.has(place)) nodes.push(field(place));
  }
  return nodes;
}
