"""Typed reading of one map of a bank file; each misfit is noted at its line."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from decimal import Decimal, InvalidOperation
from enum import StrEnum
from typing import TypeVar

from lianbing.banks.marked_yaml import FileProblem, MarkedDocument, NodePath

Choice = TypeVar("Choice", bound=StrEnum)
LONGEST_NUMBER = 20


@dataclass(kw_only=True, slots=True)
class Fields:
    """The map at ``path``; what cannot be read is None (or empty) and stands in ``problems``."""

    document: MarkedDocument
    path: NodePath
    problems: list[FileProblem]

    def refuse(self, message: str, *names: str | int) -> None:
        """Note a problem at one of the fields, or at the map itself."""
        line = self.document.line_of((*self.path, *names))
        self.problems.append(FileProblem(file=self.document.file, line=line, message=message))

    def _raw(self) -> dict[str, object]:
        value = self.document.value
        for step in self.path:
            value = value[step]
        return value if isinstance(value, dict) else {}

    def only(self, *names: str) -> None:
        """Refuse fields of any other name."""
        for name in self._raw():
            if name not in names:
                known = ", ".join(names)
                self.refuse(f"{name!r} is not a field here; the fields are {known}", name)

    def has(self, name: str) -> bool:
        """Whether the field is written."""
        return name in self._raw()

    def text(self, name: str, *, required: bool = True, longest: int = 4000) -> str:
        """A text without outer spaces; empty when it is missing."""
        value = self._raw().get(name)
        if value is None or (isinstance(value, str) and not value.strip()):
            if required:
                self.refuse(f"{name} is missing or empty; write it", name)
            return ""
        if not isinstance(value, str):
            self.refuse(f"{name} must be a text", name)
            return ""
        if len(value.strip()) > longest:
            self.refuse(f"{name} is longer than {longest} characters; shorten it", name)
        return value.strip()

    def choice(self, name: str, choices: type[Choice]) -> Choice | None:
        """One of the enum's values."""
        value = self.text(name)
        if not value:
            return None
        try:
            return choices(value)
        except ValueError:
            self.refuse(f"{name} is {value!r}; choose one of {', '.join(choices)}", name)
            return None

    def number(self, name: str, *, default: str | None = None) -> Decimal | None:
        """A decimal number, exactly as written."""
        value = self.text(name, required=default is None) or default
        if value is None:
            return None
        try:
            number = Decimal(value)
        except InvalidOperation:
            number = Decimal("NaN")
        if not number.is_finite() or len(f"{number:f}") > LONGEST_NUMBER:
            self.refuse(f"{name} is {value!r}; write a plain decimal number such as 0.35", name)
            return None
        return number

    def day(self, name: str) -> date | None:
        """A date written YYYY-MM-DD, or nothing."""
        value = self.text(name, required=False)
        if not value:
            return None
        try:
            return date.fromisoformat(value)
        except ValueError:
            self.refuse(f"{name} is {value!r}; write a date as 2012-06-01", name)
            return None

    def within(self, name: str) -> "Fields | None":
        """The map in a field."""
        if not isinstance(self._raw().get(name), dict):
            self.refuse(f"{name} is missing or not a map of fields", name)
            return None
        return Fields(document=self.document, path=(*self.path, name), problems=self.problems)

    def texts(self, name: str) -> list[str]:
        """A list of texts."""
        value = self._raw().get(name)
        if not isinstance(value, list) or not all(isinstance(item, str) for item in value):
            self.refuse(f"{name} must be a list of texts", name)
            return []
        return [str(item).strip() for item in value]

    def entries(self, name: str, *, required: bool = True) -> "Iterator[Fields]":
        """The maps of a list, in order."""
        value = self._raw().get(name)
        if value is None and not required:
            return
        if not isinstance(value, list) or not value:
            self.refuse(f"{name} must be a list with at least one entry", name)
            return
        for index, item in enumerate(value):
            if not isinstance(item, dict):
                self.refuse("this entry must be a map of fields", name, index)
                continue
            path = (*self.path, name, index)
            yield Fields(document=self.document, path=path, problems=self.problems)

    def pairs(self, name: str) -> list[tuple[str, str]]:
        """A map of texts, in the order written."""
        value = self._raw().get(name)
        if not isinstance(value, dict):
            self.refuse(f"{name} is missing or not a map", name)
            return []
        return [(key, text.strip() if isinstance(text, str) else "") for key, text in value.items()]
