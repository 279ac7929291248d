"""Safe YAML whose every value knows its line: scalars stay the text that was written.

Only maps, lists and plain text: no anchors, no tags, no second document, bounded in size and
depth, so a hostile file can neither run code nor swell. PyYAML's composer gives the lines.
"""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

MOST_BYTES = 4 * 1024 * 1024
DEEPEST = 12

NodePath = tuple[str | int, ...]
"""The way to a value: ``("scopes", 0, "points", 2, "code")``."""


@dataclass(frozen=True, kw_only=True, slots=True)
class FileProblem:
    """Something wrong at a line (from 1) of a file: what, and what to do."""

    file: str
    line: int
    message: str

    def __str__(self) -> str:
        return f"{self.file}:{self.line}: {self.message}"


class Unreadable(Exception):
    """The file is not YAML that this format allows."""

    def __init__(self, problem: FileProblem) -> None:
        super().__init__(str(problem))
        self.problem = problem


@dataclass(frozen=True, kw_only=True, slots=True)
class MarkedDocument:
    """``value`` of dicts, lists, texts and None; ``lines`` from 1 by path."""

    file: str
    value: Any
    lines: dict[NodePath, int]

    def line_of(self, path: NodePath) -> int:
        """The line of a value, or of the nearest value around it that is there."""
        while path and path not in self.lines:
            path = path[:-1]
        return self.lines.get(path, 1)


class _Composer(yaml.SafeLoader):
    """Refuses what lets one line stand for many."""

    depth = 0

    def compose_node(self, parent: Any, index: Any) -> Any:
        event = self.peek_event()
        if isinstance(event, yaml.AliasEvent) or getattr(event, "anchor", None):
            raise yaml.composer.ComposerError(
                None,
                None,
                "anchors and aliases (& and *) are not used here; write it out",
                event.start_mark,
            )
        if getattr(event, "tag", None):
            raise yaml.composer.ComposerError(
                None, None, "tags (!) are not used here; remove the tag", event.start_mark
            )
        self.depth += 1
        if self.depth > DEEPEST:
            raise yaml.composer.ComposerError(
                None, None, "nested too deeply; follow the format's layout", event.start_mark
            )
        node = super().compose_node(parent, index)
        self.depth -= 1
        return node


def read_marked(path: Path, name: str) -> MarkedDocument:
    """Read a file, shown in problems as ``name``; raises Unreadable."""
    if path.stat().st_size > MOST_BYTES:
        raise Unreadable(
            FileProblem(
                file=name, line=1, message="larger than 4 MiB; split the questions over files"
            )
        )
    return marked(path.read_bytes(), name)


def marked(raw: bytes, name: str) -> MarkedDocument:
    """The document in ``raw``; raises Unreadable."""
    try:
        text = raw.decode("utf-8")
    except UnicodeDecodeError as error:
        line = raw[: error.start].count(b"\n") + 1
        message = "not UTF-8; save the file as UTF-8"
        raise Unreadable(FileProblem(file=name, line=line, message=message)) from error
    try:
        node = yaml.compose(text, Loader=_Composer)
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        line = mark.line + 1 if mark else 1
        message = f"not readable as YAML: {error.problem or error.context}"
        raise Unreadable(FileProblem(file=name, line=line, message=message)) from error
    except yaml.reader.ReaderError as error:
        line = text[: error.position].count("\n") + 1
        message = "holds a control character; remove it"
        raise Unreadable(FileProblem(file=name, line=line, message=message)) from error
    lines: dict[NodePath, int] = {}
    value = _plain(node, (), lines, name) if node is not None else None
    return MarkedDocument(file=name, value=value, lines=lines)


def _plain(node: yaml.Node, path: NodePath, lines: dict[NodePath, int], name: str) -> Any:
    lines[path] = node.start_mark.line + 1
    if isinstance(node, yaml.ScalarNode):
        return None if node.tag == "tag:yaml.org,2002:null" else node.value
    if isinstance(node, yaml.SequenceNode):
        return [
            _plain(child, (*path, index), lines, name) for index, child in enumerate(node.value)
        ]
    found: dict[str, Any] = {}
    for key_node, child in node.value:
        line = key_node.start_mark.line + 1
        if not isinstance(key_node, yaml.ScalarNode):
            message = "a key must be a plain word"
            raise Unreadable(FileProblem(file=name, line=line, message=message))
        if key_node.value in found:
            message = f"{key_node.value!r} stands here twice; keep one"
            raise Unreadable(FileProblem(file=name, line=line, message=message))
        found[key_node.value] = _plain(child, (*path, key_node.value), lines, name)
        lines[(*path, key_node.value)] = line
    return found
