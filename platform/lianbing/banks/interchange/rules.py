"""Drafts against a bank: what each becomes there, or why it cannot be taken in; pure."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import timedelta
from decimal import Decimal
from enum import StrEnum

from lianbing.banks.bank_file import QuestionEntry
from lianbing.banks.checks import BY_LETTER, Known, question_problems, stem_key
from lianbing.banks.interchange.drafts import DraftQuestion, Finding, Level, Place
from lianbing.banks.interchange.taking_pictures import with_stored
from lianbing.banks.problems import Path, Problem, folded
from lianbing.banks.rules import Option, QuestionUse
from lianbing.kernel.errors import N_
from lianbing.subjects.rules import SkillGrade

KEPT_FOR = timedelta(days=14)
"""How long a preview waits for its trainer; then the file and what was said of it go."""
FILE_SOURCE = "file"
"""The code of the source that stands for the file itself."""


class ImportState(StrEnum):
    """Where a file is on its way into a bank."""

    WAITING = "waiting"
    READING = "reading"
    READ = "read"
    REFUSED = "refused"
    ACCEPTED = "accepted"
    TAKING = "taking"
    DONE = "done"
    CANCELLED = "cancelled"
    FAILED = "failed"
    UNDONE = "undone"
    EXPIRED = "expired"

    @property
    def is_under_way(self) -> bool:
        """Whether a task works on it, or will."""
        return self in (self.WAITING, self.READING, self.ACCEPTED, self.TAKING)


@dataclass(frozen=True, kw_only=True, slots=True)
class Wanted:
    """What holds for every question that does not say otherwise; without a point, none does."""

    point_code: str = ""
    grade: SkillGrade | None = None
    use: QuestionUse = QuestionUse.BOTH
    difficulty: Decimal = Decimal("0.5")
    source_code: str = ""


@dataclass(frozen=True, kw_only=True, slots=True)
class Bank:
    """What a bank knows: points and sources by code and by folded title, stems by their key."""

    points: Mapping[str, str]
    sources: Mapping[str, str]
    grades: Sequence[SkillGrade]
    stems: Mapping[str, str]
    pictures: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True, slots=True)
class Checked:
    """A draft with the entry it becomes; ``entry`` None when it cannot."""

    draft: DraftQuestion
    entry: QuestionEntry | None
    findings: tuple[Finding, ...]

    @property
    def is_good(self) -> bool:
        return self.entry is not None and not any(one.level is Level.ERROR for one in self.findings)


class Checker:
    """Checks drafts one after the other; a stem met before, here or in the bank, is a duplicate."""

    def __init__(self, bank: Bank, wanted: Wanted) -> None:
        self._bank, self._wanted = bank, wanted
        self._known = Known(
            points=set(bank.points.values()),
            sources={*bank.sources.values(), wanted.source_code},
            grades=bank.grades,
            pictures=set(bank.pictures.values()),
        )
        self._met: dict[str, Place] = {}

    def check(self, draft: DraftQuestion, told: Sequence[Finding] = ()) -> Checked:
        """The draft as the bank would keep it, with all that is to be said of it."""
        findings = list(told)
        if draft.key is None:
            return Checked(draft=draft, entry=None, findings=tuple(findings))
        entry = self._entry(draft, draft.key, findings)
        entry, missing = with_stored(entry, self._bank.pictures)
        for name in missing:
            message = N_("The picture %(name)s is not in the file, or cannot be kept.")
            findings.append(Finding(place=draft.place, message=message, params={"name": name[:60]}))
        findings += [
            self._finding(draft, problem)
            for problem in question_problems(entry, self._known)
            if not (missing and problem.path[0] == "stem" and "picture" in problem.message)
        ]
        findings += self._duplicates(draft)
        return Checked(draft=draft, entry=entry, findings=tuple(findings))

    def _entry(self, draft: DraftQuestion, key: object, findings: list[Finding]) -> QuestionEntry:
        explanation, options = draft.explanation, draft.options
        told = [explanation, *(option.why for option in options)]
        if options and any(BY_LETTER.search(text) for text in told):
            explanation = by_words(explanation, options)
            options = tuple(replace(one, why=by_words(one.why, options)) for one in options)
            message = N_("The explanation named options by letter; now it says what they say.")
            findings.append(Finding(place=draft.place, message=message, level=Level.WARNING))
        source = self._bank.sources.get(folded(draft.source), "") if draft.source else ""
        clause = draft.clause
        if draft.source and not source:
            clause = f"{draft.source} {clause}".strip()
        return QuestionEntry(
            code="new",
            point_code=self._point(draft, findings),
            grade=(draft.grade or self._wanted.grade) if self._bank.grades else None,
            type=draft.type,
            use=draft.use or self._wanted.use,
            difficulty=self._wanted.difficulty if draft.difficulty is None else draft.difficulty,
            stem=draft.stem,
            options=options,
            key=key,  # type: ignore[arg-type]
            explanation=explanation,
            source_code=source or self._wanted.source_code,
            clause=clause[:200],
            prompts=draft.prompts,
            parts=draft.parts,
        )

    def _point(self, draft: DraftQuestion, findings: list[Finding]) -> str:
        written = folded(draft.point)
        if written in self._bank.points:
            return self._bank.points[written]
        first = folded(draft.point.split()[0]) if draft.point.split() else ""
        if first in self._bank.points:
            return self._bank.points[first]
        if self._wanted.point_code:
            if written:
                message = N_("The bank has no point %(code)s. The chosen point is taken instead.")
                findings.append(
                    Finding(
                        place=draft.place,
                        message=message,
                        params={"code": draft.point[:40]},
                        level=Level.WARNING,
                        about="point",
                    )
                )
            return self._wanted.point_code
        return draft.point[:20]

    def _finding(self, draft: DraftQuestion, problem: Problem) -> Finding:
        """A problem of the bank's checks; a missing explanation keeps no draft out."""
        if problem.path == ("explanation",) and not draft.explanation.strip():
            message = N_("No explanation. The reviewer will see that.")
            return Finding(
                place=draft.place, message=message, level=Level.WARNING, about="explanation"
            )
        if problem.params.get("code") == "" and not draft.point:
            message = N_("No point is named. Choose one for all above, and read the file again.")
            return Finding(place=draft.place, message=message, about="point")
        return Finding(
            place=draft.place,
            message=problem.message,
            params=dict(problem.params),
            about=_about(problem.path),
        )

    def _duplicates(self, draft: DraftQuestion) -> list[Finding]:
        own = stem_key(draft.stem)
        if not own:
            return []
        if own in self._bank.stems:
            message = N_("Question %(code)s of the bank asks the same.")
            params: dict[str, object] = {"code": self._bank.stems[own]}
            return [Finding(place=draft.place, message=message, params=params, about="stem")]
        earlier = self._met.setdefault(own, draft.place)
        if earlier is draft.place:
            return []
        message = N_("The question of row %(row)s asks the same.")
        params = {"row": earlier.row}
        return [Finding(place=draft.place, message=message, params=params, about="stem")]


def _about(path: Path) -> str:
    """The field of a table that a problem's path points at."""
    if path[0] == "options" and len(path) > 1:
        return f"option_{str(path[1]).lower()}"
    return {"key": "answer", "blanks": "answer"}.get(str(path[0]), str(path[0]))


def by_words(explanation: str, options: Sequence[Option]) -> str:
    """Letters that name options replaced by what the options say."""
    texts = {option.letter: option.text for option in options}

    def named(found: re.Match[str]) -> str:
        return "、".join(f"“{texts.get(letter, letter)}”" for letter in found[0])

    def worded(found: re.Match[str]) -> str:
        return re.sub(r"[A-F]+", named, found[0])

    return BY_LETTER.sub(worded, explanation)
