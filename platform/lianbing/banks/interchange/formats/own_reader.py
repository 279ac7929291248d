"""Our own bank format as a zip of its folder: ``bank.yaml``, ``questions/``, ``pictures/``."""

import re
from pathlib import Path, PurePosixPath
from tempfile import TemporaryDirectory

from lianbing.banks.bank_file import QuestionEntry, SourceEntry
from lianbing.banks.bank_reader import BANK_FILE, read_bank
from lianbing.banks.interchange.drafts import (
    DraftQuestion,
    FileFormat,
    Finding,
    Place,
    ReadFile,
    Refused,
)
from lianbing.banks.interchange.packages import BROKEN, Package

PLAIN_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,79}")
FOLDERS = ("questions", "pictures")


def read_own(package: Package) -> ReadFile:
    """Drafts of a bank's folder; its outline is not taken, points are met by code or title."""
    head = next((name for name in package.names() if PurePosixPath(name).name == BANK_FILE), "")
    root = PurePosixPath(head).parent
    with TemporaryDirectory() as place:
        folder = Path(place) / (root.name if PLAIN_NAME.fullmatch(root.name) else "bank")
        folder.mkdir()
        for name in package.names():
            _unpack(package, name, root, folder)
        read = read_bank(folder)
    if read.bank is None:
        findings = tuple(
            Finding(
                place=Place(sheet=problem.file, row=problem.line),
                message="%(message)s",
                params={"message": problem.message},
            )
            for problem in read.problems
        )
        return ReadFile(format=FileFormat.OWN, questions=(), findings=findings)
    titles = {source.code: source for source in read.bank.sources}
    return ReadFile(
        format=FileFormat.OWN,
        questions=tuple(
            draft_of(entry, titles.get(entry.source_code)) for entry in read.bank.questions
        ),
        pictures={f"pic:{one.name}": one.data for one in getattr(read.bank, "pictures", ())},
    )


def _unpack(package: Package, name: str, root: PurePosixPath, folder: Path) -> None:
    """Only what the format knows is written, under names that cannot lead anywhere else."""
    try:
        inside = PurePosixPath(name).relative_to(root)
    except ValueError:
        return
    if not all(PLAIN_NAME.fullmatch(part) for part in inside.parts):
        if inside.parts[:1] == ("questions",):
            raise Refused(BROKEN)
        return
    if inside.parts == (BANK_FILE,):
        (folder / BANK_FILE).write_bytes(package.read(name))
    elif len(inside.parts) == 2 and inside.parts[0] in FOLDERS:
        (folder / inside.parts[0]).mkdir(exist_ok=True)
        (folder / inside.parts[0] / inside.parts[1]).write_bytes(package.read(name))


def draft_of(entry: QuestionEntry, source: SourceEntry | None) -> DraftQuestion:
    """An entry of a bank as a draft."""
    return DraftQuestion(
        place=Place(row=0, sheet=entry.code),
        type=entry.type,
        stem=entry.stem,
        key=entry.key,
        options=entry.options,
        prompts=entry.prompts,
        parts=entry.parts,
        explanation=entry.explanation,
        point=entry.point_code,
        code=entry.code,
        difficulty=entry.difficulty,
        use=entry.use,
        grade=entry.grade,
        source=source.title if source is not None else entry.source_code,
        clause=entry.clause,
    )
