"""HTML of other systems as the plain text or Markdown that stems hold; pure."""

import re
from html.parser import HTMLParser

BREAKS = {"p", "div", "br", "li", "tr", "h1", "h2", "h3", "h4", "ul", "ol", "table"}
SILENT = {"script", "style", "head", "object", "iframe"}


class _Text(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.pieces: list[str] = []
        self._silent = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag in SILENT:
            self._silent += 1
        if tag in BREAKS:
            self.pieces.append("\n")
        if tag == "img":
            known = dict(attrs)
            target = (known.get("src") or "").removeprefix("@@PLUGINFILE@@/")
            words = " ".join((known.get("alt") or "图").replace("[", "(").replace("]", ")").split())
            if target and not re.search(r"[\s()]", target):
                self.pieces.append(f"![{words or '图'}]({target})")

    def handle_endtag(self, tag: str) -> None:
        if tag in SILENT:
            self._silent = max(0, self._silent - 1)
        if tag in BREAKS and tag != "br":
            self.pieces.append("\n")

    def handle_data(self, data: str) -> None:
        if not self._silent:
            self.pieces.append(re.sub(r"[ \t\r\n]+", " ", data))


def text_of_html(html: str) -> str:
    """What a reader sees: lines for paragraphs, ``![…](…)`` for pictures, no markup."""
    parser = _Text()
    parser.feed(html)
    parser.close()
    lines = [line.strip() for line in "".join(parser.pieces).split("\n")]
    text = "\n".join(line for line in lines if line)
    return re.sub(r"\\\((.{1,500}?)\\\)", r"$\1$", text)


def html_of_text(text: str) -> str:
    """A text as HTML that ``text_of_html`` reads back."""
    marked = text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    return "".join(f"<p>{line}</p>" for line in marked.split("\n"))
