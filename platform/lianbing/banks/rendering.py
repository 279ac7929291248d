"""Texts of questions as HTML: the one place where Markdown, formulas and pictures are rendered.

Most texts are plain, and plain text stays what it was: it is escaped, its line breaks kept, and
nothing in it is markup. Only a text that holds a formula (``$…$``), a picture
(``![what it shows](pic:…)``), a table or bold words (``**…**``) is read as Markdown, and of that
only these, lists and line breaks. What comes out is cleaned by an allow-list, whatever went in.

A picture stands as ``src="pic:…"`` until ``with_pictures`` puts its bytes there; blanks stay
``{{n}}`` for the page to put its fields in.
"""

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from html import escape
from typing import Any

import nh3
from defusedxml.ElementTree import fromstring
from latex2mathml import converter
from markdown_it import MarkdownIt
from markdown_it.renderer import RendererHTML
from markdown_it.rules_inline import StateInline
from markdown_it.rules_inline import emphasis as _emphasis
from markdown_it.token import Token

from lianbing.banks.stems import BLANK

LONGEST_FORMULA = 500
DEEPEST_FORMULA = 20
RENDERED_KEPT = 4096

PICTURE = re.compile(r"!\[([^\]\n]*)\]\(\s*([^)\s]*)\s*\)")
FORMULA = re.compile(r"\$(?!\s)((?:\\.|[^$\\\n])+?)(?<!\s)\$(?!\d)")
TABLE = re.compile(r"^\s*\|?[^\n|]*\|[^\n]*\n\s*\|?\s*:?-{3,}:?\s*\|[-:|\s]*$", re.MULTILINE)
BOLD = re.compile(r"(?<![0-9A-Za-z*])\*\*(?=\S)([^*\n]+?)(?<=\S)\*\*(?![0-9A-Za-z*])")
STORED = re.compile(r"pic:([0-9a-f]{32})")
STORED_SRC = re.compile(r'<img\b([^>]*?)\ssrc="pic:([0-9a-f]{32})"([^>]*)>')

MATH_TAGS = (
    "math mrow mi mn mo ms mtext mspace mstyle msup msub msubsup mfrac msqrt mroot mover munder "
    "munderover mtable mtr mtd mpadded mphantom menclose mmultiscripts"
)
TEXT_TAGS = "p br strong ul ol li table thead tbody tr th td img span div"
TAGS = frozenset(f"{MATH_TAGS} {TEXT_TAGS}".split(" "))
ATTRIBUTES = {
    "img": {"src", "alt"},
    "math": {"display"},
    "mo": {"stretchy", "fence", "form", "movablelimits"},
    "mi": {"mathvariant"},
    "mfrac": {"linethickness"},
    "mtable": {"columnalign"},
    "mspace": {"width"},
    "span": {"class"},
    "div": {"class"},
}


class UnreadableFormula(ValueError):
    """What stands between two dollar signs is no formula that can be shown."""


@dataclass(frozen=True, kw_only=True, slots=True)
class RichPart:
    """A run of clean HTML, or a blank by its number from 1; put together they are the stem."""

    html: str = ""
    blank: int = 0


@dataclass(frozen=True, kw_only=True, slots=True)
class PictureUse:
    """A picture as a text names it: what it shows, in words, and where it is."""

    alt: str
    target: str


def is_rich(text: str) -> bool:
    """Whether a text holds anything that is read as Markdown; every other text is plain."""
    found: Sequence[re.Pattern[str]] = (PICTURE, FORMULA, TABLE, BOLD)
    return any(pattern.search(text) for pattern in found)


def pictures_of(text: str) -> Iterator[PictureUse]:
    """The pictures a text names, in reading order."""
    for alt, target in PICTURE.findall(text):
        yield PictureUse(alt=alt.strip(), target=target)


def stored_pictures(text: str) -> set[str]:
    """The hashes of the stored pictures a text shows."""
    return {found[1] for use in pictures_of(text) if (found := STORED.fullmatch(use.target))}


def unreadable_formulas(text: str) -> Iterator[str]:
    """The formulas of a text that cannot be shown."""
    for tex in FORMULA.findall(text):
        try:
            to_mathml(tex)
        except UnreadableFormula:
            yield tex


def to_mathml(tex: str) -> str:
    """A formula as MathML; raises UnreadableFormula for one that is too long, too deep or wrong."""
    if len(tex) > LONGEST_FORMULA or tex.count("{") > DEEPEST_FORMULA * 4 or _depth(tex) is None:
        raise UnreadableFormula(tex[:40])
    try:
        made = str(converter.convert(tex))
        fromstring(made)  # the converter lets a bare & through
        return made
    except (Exception, RecursionError) as error:  # the converter raises whatever comes
        raise UnreadableFormula(tex[:40]) from error


def _depth(tex: str) -> int | None:
    """How deep the braces go; None when they do not close or go too deep."""
    depth = deepest = 0
    for sign in re.sub(r"\\.", "", tex):
        depth += {"{": 1, "}": -1}.get(sign, 0)
        deepest = max(deepest, depth)
        if depth < 0 or deepest > DEEPEST_FORMULA:
            return None
    return deepest if depth == 0 else None


@lru_cache(RENDERED_KEPT)
def render_block(text: str) -> str:
    """A text as clean HTML, paragraphs and tables and all; plain text is escaped, no more.

    Pages show both with ``white-space: pre-line``, so rendered HTML has no line ends of its own.
    """
    if not is_rich(text):
        return escape(text, quote=False)
    return _clean(_markdown.render(text)).replace("\n", "")


@lru_cache(RENDERED_KEPT)
def render_line(text: str) -> str:
    """An option or a step as clean HTML that fits a line: no tables, no paragraphs."""
    if not is_rich(text):
        return escape(text, quote=False)
    return _clean(_markdown.renderInline(text)).replace("\n", "")


def parse_rich(text: str) -> list[Token]:
    """The tokens of a rich text, for whoever sets it elsewhere than on a page."""
    return list(_markdown.parse(text))


def rich_parts(stem: str) -> tuple[RichPart, ...]:
    """A stem as HTML, cut at its blanks."""
    return tuple(
        RichPart(blank=int(piece)) if index % 2 else RichPart(html=piece)
        for index, piece in enumerate(BLANK.split(render_block(stem)))
        if index % 2 or piece
    )


def plain_text(text: str) -> str:
    """A text in words for lists, selects and labels: pictures by what they show, no marks."""
    if not is_rich(text):
        return text
    worded = PICTURE.sub(lambda found: f"[{found[1].strip()}]", text)
    return BOLD.sub(r"\1", worded)


def with_pictures(html: str, source_of: Callable[[str], str]) -> str:
    """Rendered HTML with each picture's ``source_of`` its hash; "" leaves only its words."""
    if "pic:" not in html:
        return html

    def placed(found: re.Match[str]) -> str:
        source = source_of(found[2])
        if source:
            return f'<img{found[1]} src="{escape(source)}"{found[3]}>'
        alt = re.search(r'alt="([^"]*)"', found[1] + found[3])
        return f'<span class="picture-gone">[{alt[1] if alt else ""}]</span>'

    return STORED_SRC.sub(placed, html)


def _clean(html: str) -> str:
    return nh3.clean(
        html,
        tags=set(TAGS),
        attributes={tag: set(names) for tag, names in ATTRIBUTES.items()},
        allowed_classes=None,
        url_schemes={"pic"},
        link_rel=None,
        strip_comments=True,
    )


def _formula(state: StateInline, silent: bool) -> bool:
    found = FORMULA.match(state.src, state.pos)
    if found is None or found.end() > state.posMax:
        return False
    if not silent:
        token = state.push("formula", "math", 0)
        token.content = found[1]
    state.pos = found.end()
    return True


def _stars_only(state: StateInline, silent: bool) -> bool:
    """Bold by two stars; underscores are blanks to be filled, never emphasis."""
    return state.src[state.pos] == "*" and bool(_emphasis.tokenize(state, silent))


class _Renderer(RendererHTML):
    """Single stars stay stars; formulas become MathML, or stay what was typed."""

    def formula(self, tokens: Sequence[Token], index: int, _options: Any, _env: Any) -> str:
        tex = tokens[index].content
        try:
            return to_mathml(tex)
        except UnreadableFormula:
            return f'<span class="formula-unread">${escape(tex)}$</span>'

    def em_open(self, _tokens: Sequence[Token], _index: int, _options: Any, _env: Any) -> str:
        return "*"

    em_close = em_open

    def image(self, tokens: Sequence[Token], index: int, _options: Any, _env: Any) -> str:
        token = tokens[index]
        alt = token.content.replace("{{", "").replace("}}", "").strip()
        source = str(token.attrs.get("src", ""))
        if not STORED.fullmatch(source):
            return f'<span class="picture-gone">[{escape(alt)}]</span>'
        return f'<img src="{source}" alt="{escape(alt)}">'


def _is_stored(url: str) -> bool:
    return bool(STORED.fullmatch(url))


def _made() -> MarkdownIt:
    markdown = MarkdownIt("zero", {"breaks": True, "html": False}, renderer_cls=_Renderer)
    markdown.enable(["table", "list", "newline", "image", "emphasis", "balance_pairs", "escape"])
    markdown.validateLink = _is_stored  # type: ignore[method-assign]
    markdown.inline.ruler.at("emphasis", _stars_only)
    markdown.inline.ruler.before("emphasis", "formula", _formula)
    return markdown


_markdown = _made()
