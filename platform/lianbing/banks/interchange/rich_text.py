"""HTML of other systems as the plain text or Markdown that stems hold; pure."""

import re
from html.parser import HTMLParser
from urllib.parse import unquote

from lianbing.banks.interchange.raising import degrees, lowered, raised

BREAKS = {"p", "div", "br", "li", "tr", "h1", "h2", "h3", "h4", "ul", "ol", "table"}
SILENT = {"script", "style", "head", "object", "iframe"}


class _Text(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.pieces: list[str] = []
        self._silent = 0
        self._shifts: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag in SILENT:
            self._silent += 1
        if tag in BREAKS:
            self.pieces.append("\n")
        if tag in ("sup", "sub"):
            self._shifts.append(tag)
        if tag == "img":
            known = dict(attrs)
            self.pieces.append(picture_mark(known.get("src") or "", known.get("alt") or ""))

    def handle_endtag(self, tag: str) -> None:
        if tag in ("sup", "sub") and self._shifts:
            self._shifts.pop()
        if tag in SILENT:
            self._silent = max(0, self._silent - 1)
        if tag in BREAKS and tag != "br":
            self.pieces.append("\n")

    def handle_data(self, data: str) -> None:
        if not self._silent:
            text = re.sub(r"[ \t\r\n\xa0]+", " ", data)
            if self._shifts:
                text = raised(text) if self._shifts[-1] == "sup" else lowered(text)
            self.pieces.append(text)


def picture_name(target: str) -> str:
    """A picture's address as a name that can stand in ``![…](…)``."""
    return re.sub(r"[\s()]", "_", unquote(target.removeprefix("@@PLUGINFILE@@/")))


def picture_mark(target: str, words: str) -> str:
    """A picture as texts hold it, with the words for those who do not see it."""
    said = " ".join(words.replace("[", "(").replace("]", ")").split())
    name = picture_name(target)
    return f"![{said or '图'}]({name})" if name else ""


def text_of_html(html: str) -> str:
    """What a reader sees: lines for paragraphs, ``![…](…)`` for pictures, no markup."""
    parser = _Text()
    parser.feed(html)
    parser.close()
    lines = [line.strip() for line in "".join(parser.pieces).split("\n")]
    text = "\n".join(line for line in lines if line)
    return degrees(re.sub(r"\\\((.{1,500}?)\\\)", r"$\1$", text))


def html_of_text(text: str) -> str:
    """A text as HTML that ``text_of_html`` reads back."""
    marked = text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    return "".join(f"<p>{line}</p>" for line in marked.split("\n"))
