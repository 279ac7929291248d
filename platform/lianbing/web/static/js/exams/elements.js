// Building the page from text nodes only: nothing that comes from data is ever parsed as HTML.

/** An element with attributes (true = present, false/null = absent, on… = listener) and children. */
export function el(tag, attributes, ...children) {
  const node = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes || {})) {
    if (typeof value === "function") node.addEventListener(name.slice(2), value);
    else if (value === true) node.setAttribute(name, "");
    else if (value !== false && value !== null && value !== undefined) node.setAttribute(name, value);
  }
  for (const child of children.flat()) {
    if (child !== null && child !== undefined && child !== "") {
      node.append(child);
    }
  }
  return node;
}

/** Replace everything inside a node. */
export function fill(node, ...children) {
  while (node.firstChild) node.removeChild(node.firstChild);
  node.append(...children.flat().filter((child) => child !== null && child !== undefined));
}

export function byId(id) {
  return document.getElementById(id);
}
