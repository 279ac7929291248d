"""Browser code stays within Chrome 80, within its size, and within the words its pages carry."""

import gzip
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

STATIC = Path(__file__).resolve().parents[2] / "platform" / "lianbing" / "web" / "static"
EXAM_TEMPLATES = STATIC.parents[1] / "exams" / "templates" / "exams"
SCRIPTS = sorted(STATIC.glob("js/**/*.js"))
LARGEST_EXAM_PAGE_BYTES = 33_000  # compressed

TOKEN = re.compile(
    r"""(?P<comment>//[^\n]*|/\*.*?\*/)|(?P<text>"(?:\\.|[^"\\\n])*"|'(?:\\.|[^'\\\n])*'|`(?:\\.|[^`\\])*`)""",
    re.DOTALL,
)
TOO_NEW = {
    "optional chaining": re.compile(r"\?\.(?!\d)"),
    "nullish coalescing": re.compile(r"\?\?"),
    "logical assignment": re.compile(r"(\|\||&&|\?\?)="),
    "numeric separator": re.compile(r"\b\d+_\d"),
    "private member": re.compile(r"(?<![\w$])#[A-Za-z_]\w*"),
    "replaceAll": re.compile(r"\.replaceAll\("),
    "at": re.compile(r"\.at\("),
    "Promise.any": re.compile(r"Promise\.any\("),
    "Object.hasOwn": re.compile(r"Object\.hasOwn\("),
    "structuredClone": re.compile(r"\bstructuredClone\("),
    "array copies": re.compile(r"\.(findLast|findLastIndex|toSorted|toReversed|with)\("),
    "WeakRef": re.compile(r"\bWeakRef\b"),
    "import attributes": re.compile(r"\bimport\b[^;\n]*\bwith\b\s*\{"),
    "dialog element": re.compile(r"\.showModal\("),
    "random identifiers": re.compile(r"crypto\.randomUUID"),
    "timeout signal": re.compile(r"AbortSignal\.(timeout|any)"),
    "children replaced": re.compile(r"\.replaceChildren\("),
}
CLASS_FIELD = re.compile(r"^  (?:static )?[A-Za-z_]\w*\s*(?:=[^=>]|;)", re.MULTILINE)
TOP_LEVEL_AWAIT = re.compile(r"^(?:const [^=\n]*= |let [^=\n]*= )?await ", re.MULTILINE)


def bare(source: str) -> str:
    """Code without comments and with empty strings."""
    return TOKEN.sub(lambda found: "" if found["comment"] else '""', source)


def faults(source: str) -> Iterator[str]:
    """Names of what an engine of Chrome 80's age does not know."""
    code = bare(source)
    yield from (name for name, pattern in TOO_NEW.items() if pattern.search(code))
    if TOP_LEVEL_AWAIT.search(code):
        yield "top-level await"
    for body in re.findall(r"^(?:export )?class [^{]*\{(.*?)^\}", code, re.DOTALL | re.MULTILINE):
        if CLASS_FIELD.search(body):
            yield "class field"


@pytest.mark.parametrize("path", SCRIPTS, ids=lambda path: str(path.relative_to(STATIC)))
def test_scripts_run_in_chrome_80(path: Path) -> None:
    assert list(faults(path.read_text(encoding="utf-8"))) == []


@pytest.mark.parametrize(
    "source",
    [
        "a?.b",
        "a ?? b",
        "a ||= b",
        "1_000",
        "x.replaceAll('a', 'b')",
        "list.at(-1)",
        "await go();",
        "const x = await go();",
        "class A {\n  open = 1;\n}",
        "class A {\n  #b;\n}",
    ],
)
def test_newer_syntax_is_found(source: str) -> None:
    assert list(faults(source))


OLD_ENOUGH = ("a ? .5 : 1", "// a?.b", "'a ?? b'", "a || b", "async () => {\n  await g();\n}")


@pytest.mark.parametrize("source", OLD_ENOUGH)
def test_older_syntax_passes(source: str) -> None:
    assert list(faults(source)) == []


AT_ONCE = re.compile(r'from "(\./[\w./-]+)"')
AT_ONCE_OR_LATER = re.compile(r'(?:from |import\()"(\./[\w./-]+)"')


def imports(path: Path, pattern: re.Pattern[str] = AT_ONCE) -> set[Path]:
    """A module with everything it imports."""
    found = {path}
    waiting = [path]
    while waiting:
        here = waiting.pop()
        for name in pattern.findall(here.read_text(encoding="utf-8")):
            other = (here.parent / name).resolve()
            if other not in found:
                found.add(other)
                waiting.append(other)
    return found


def test_exam_page_is_small_enough_for_a_weak_network() -> None:
    modules = imports(STATIC / "js" / "exams" / "sit.js")
    size = sum(len(gzip.compress(path.read_bytes())) for path in modules)
    assert size <= LARGEST_EXAM_PAGE_BYTES


def test_exam_page_preloads_exactly_the_modules_it_imports() -> None:
    sit = STATIC / "js" / "exams" / "sit.js"
    template = (EXAM_TEMPLATES / "sit.html").read_text(encoding="utf-8")
    (names,) = re.findall(r"{% for name in \((.*?)\) %}", template)
    assert set(re.findall(r"'(\w+)'", names)) == {path.stem for path in imports(sit) - {sit}}


COMPOSED = re.compile(
    "ended_(handed_in|closed|voided)|save_[a-z]+|true_false|.*_choice|matching|ordering"
)


def said_by(source: str) -> set[str]:
    """Keys that a script says outright, also as either side of a choice."""
    arguments = re.findall(r"\bsay\(([^,()]*)", source)
    return {key for argument in arguments for key in re.findall(r'"(\w*[a-z])"', argument)}


@pytest.mark.parametrize(
    ("entry", "words"),
    [("sit.js", "_sit_words.html"), ("leftovers_page.js", "_leftovers.html")],
)
def test_scripts_and_their_words_fit(entry: str, words: str) -> None:
    modules = imports(STATIC / "js" / "exams" / entry, AT_ONCE_OR_LATER)
    sources = [path.read_text() for path in modules]
    known = set(re.findall(r"^  '(\w+)':", (EXAM_TEMPLATES / words).read_text(), re.MULTILINE))
    assert set().union(*map(said_by, sources)) - known == set()
    quoted = set().union(*(re.findall(r'"(\w+)"', source) for source in sources))
    assert {key for key in known - quoted if not COMPOSED.fullmatch(key)} == set()
