"""Texts of questions as blocks and runs of plain data, for Typst and Word alike; pure.

A block is a paragraph, an item of a list or a table; a run is text, a line's end, a blank, a
formula or a picture by its name. What is read as markup, ``banks.rendering`` says.
"""

from collections.abc import Iterator, Sequence
from typing import Any

from markdown_it.token import Token

from lianbing.banks.rendering import STORED, is_rich, parse_rich
from lianbing.banks.sheets.formulas import formula_tree
from lianbing.banks.stems import BLANK

Run = dict[str, Any]
Block = dict[str, Any]
BULLET = "•"


def rich_blocks(text: str) -> list[Block]:
    """A text in blocks; plain text is one paragraph."""
    if not is_rich(text):
        return [{"k": "p", "mark": "", "runs": list(_plain(text, strong=False))}]
    return _blocks(parse_rich(text))


def rich_runs(text: str) -> list[Run]:
    """A text that has to fit a line: the runs of all its blocks."""
    return [run for block in rich_blocks(text) for run in block.get("runs", ())]


def picture_names(data: Any) -> set[str]:
    """The names of the pictures in anything made of blocks and runs."""
    match data:
        case {"k": "pic", "name": str(name)}:
            return {name}
        case dict():
            return {name for value in data.values() for name in picture_names(value)}
        case list() | tuple():
            return {name for value in data for name in picture_names(value)}
        case _:
            return set()


def _blocks(tokens: Sequence[Token]) -> list[Block]:
    blocks: list[Block] = []
    marks = _Marks()
    table: list[list[list[Run]]] | None = None
    for token in tokens:
        marks.see(token)
        if token.type == "table_open":
            table = []
            blocks.append({"k": "table", "rows": table})
        elif token.type == "table_close":
            table = None
        elif token.type == "tr_open" and table is not None:
            table.append([])
        elif token.type == "inline":
            runs = list(_runs(token.children or ()))
            if table is not None:
                table[-1].append(runs)
            else:
                blocks.append({"k": "p", "mark": marks.take(), "runs": runs})
    return blocks


class _Marks:
    """The mark that the next paragraph of a list carries."""

    def __init__(self) -> None:
        self._numbers: list[int | None] = []
        self._next = ""

    def see(self, token: Token) -> None:
        match token.type:
            case "bullet_list_open":
                self._numbers.append(None)
            case "ordered_list_open":
                self._numbers.append(int(token.attrs.get("start", 1)))
            case "bullet_list_close" | "ordered_list_close":
                self._numbers.pop()
            case "list_item_open":
                number = self._numbers[-1]
                self._next = BULLET if number is None else f"{number}."
                self._numbers[-1] = None if number is None else number + 1
            case _:
                pass

    def take(self) -> str:
        mark, self._next = self._next, ""
        return mark


def _runs(tokens: Sequence[Token]) -> Iterator[Run]:
    strong = False
    for token in tokens:
        match token.type:
            case "strong_open" | "strong_close":
                strong = token.type == "strong_open"
            case "em_open" | "em_close":
                yield {"k": "text", "t": "*", "strong": strong}
            case "softbreak" | "hardbreak":
                yield {"k": "br"}
            case "formula":
                yield _formula(token.content)
            case "image":
                yield _picture(token)
            case _:
                yield from _plain(token.content, strong=strong)


def _formula(tex: str) -> Run:
    tree = formula_tree(tex)
    if tree is None:
        return {"k": "text", "t": f"${tex}$", "strong": False}
    return {"k": "math", "tree": tree}


def _picture(token: Token) -> Run:
    found = STORED.fullmatch(str(token.attrs.get("src", "")))
    alt = token.content.replace("{{", "").replace("}}", "").strip()
    if found is None:
        return {"k": "text", "t": f"[{alt}]", "strong": False}
    return {"k": "pic", "name": found[1], "alt": alt}


def _plain(text: str, *, strong: bool) -> Iterator[Run]:
    for index, piece in enumerate(BLANK.split(text)):
        if index % 2:
            yield {"k": "blank", "n": int(piece)}
            continue
        for at, line in enumerate(piece.split("\n")):
            if at:
                yield {"k": "br"}
            if line:
                yield {"k": "text", "t": line, "strong": strong}
