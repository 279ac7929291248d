"""HTML of other systems as the plain text or Markdown that stems hold; pure."""

import re
from html.parser import HTMLParser
from urllib.parse import unquote

from lianbing.banks.interchange.raising import degrees, lowered, raised

BREAKS = {"p", "div", "br", "li", "tr", "h1", "h2", "h3", "h4", "ul", "ol", "table"}
ROW, CELL = "\ue010", "\ue011"
SILENT = {"script", "style", "head", "object", "iframe"}


class _Text(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.pieces: list[str] = []
        self._silent = 0
        self._shifts: list[str] = []
        self._tables: list[int] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag in SILENT:
            self._silent += 1
        if tag == "table":
            self._tables.append(len(self.pieces))
        if tag in BREAKS:
            self.pieces.append("\n")
        if tag == "tr":
            self.pieces.append(ROW)
        if tag in ("td", "th"):
            self.pieces.append(CELL)
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
        if tag == "table" and self._tables:
            start = self._tables.pop()
            self.pieces[start:] = ["\n", table_of("".join(self.pieces[start:])), "\n"]

    def handle_data(self, data: str) -> None:
        if not self._silent:
            text = re.sub(r"[ \t\r\n\xa0]+", " ", data)
            if self._shifts:
                text = raised(text) if self._shifts[-1] == "sup" else lowered(text)
            self.pieces.append(text)


def table_of(marked: str) -> str:
    """A table's rows, between marks, as Markdown; one of a single row or column as its lines.

    Markdown has no table without a head: the first row is it.
    """
    rows = [
        [" ".join(cell.split()).replace("|", "\\|") for cell in row.split(CELL)[1:]]
        for row in marked.split(ROW)[1:]
    ]
    rows = [row for row in rows if any(row)]
    width = max((len(row) for row in rows), default=0)
    if width < 2 or len(rows) < 2:
        return "\n".join(cell for row in rows for cell in row if cell)
    filled = [[*row, *[""] * (width - len(row))] for row in rows]
    lines = [f"| {' | '.join(row)} |" for row in filled]
    return "\n".join([lines[0], f"|{' --- |' * width}", *lines[1:]])


def _spaced(text: str) -> str:
    """Markdown's tables stand apart from the lines above and below them."""
    lines: list[str] = []
    for line in text.split("\n"):
        if lines and line.startswith("|") is not lines[-1].startswith("|"):
            lines.append("")
        lines.append(line)
    return "\n".join(lines)


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
    text = _spaced("\n".join(line for line in lines if line))
    return degrees(re.sub(r"\\\((.{1,500}?)\\\)", r"$\1$", text))


def html_of_text(text: str) -> str:
    """A text as HTML that ``text_of_html`` reads back."""
    marked = text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    return "".join(f"<p>{line}</p>" for line in marked.split("\n"))
