"""Both languages are complete: nothing untranslated, nothing shown without translation."""

import importlib.machinery
import importlib.util
import re
from pathlib import Path
from types import ModuleType

import pytest
from tests.architecture import bare_text

from lianbing.web.icons import drawings

ROOT = Path(__file__).resolve().parents[2]
PACKAGE = ROOT / "platform" / "lianbing"
TEMPLATES = sorted(PACKAGE.glob("*/templates/**/*.html"))
ICON_NAME = re.compile(r"""(?:\bicon\(|\bicon_name=)\s*['"]([a-z0-9-]+)['"]""")
SAMPLES = {"styleguide.py"}  # the guide's invented data is data, in Chinese


@pytest.fixture(scope="module")
def i18n() -> ModuleType:
    loader = importlib.machinery.SourceFileLoader("i18n_command", str(ROOT / "scripts" / "i18n"))
    spec = importlib.util.spec_from_loader("i18n_command", loader)
    assert spec is not None
    module = importlib.util.module_from_spec(spec)
    loader.exec_module(module)
    return module


def test_every_message_has_its_chinese(i18n: ModuleType) -> None:
    assert i18n.check() == []


def test_a_missing_and_a_misplaced_translation_are_found(
    i18n: ModuleType, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    feature = tmp_path / "sample"
    feature.mkdir()
    (feature / "__init__.py").write_text('gettext("Hand in")\ngettext("Hello, %(name)s")\n')
    monkeypatch.setattr(i18n, "PACKAGE", tmp_path)
    assert i18n.update("sample", {}) == [
        "sample: untranslated: 'Hand in'",
        "sample: untranslated: 'Hello, %(name)s'",
    ]
    catalogue = i18n.load("sample")
    for message in i18n.messages(catalogue):
        message.string = "交卷" if message.id == "Hand in" else "您好，%(nam)s"
    i18n.save("sample", catalogue)
    assert i18n.check() == ["sample: places differ: 'Hello, %(name)s' / '您好，%(nam)s'"]


@pytest.mark.parametrize("path", TEMPLATES, ids=lambda path: str(path.relative_to(PACKAGE)))
def test_template_shows_no_untranslated_words(path: Path) -> None:
    if path.parent.name != "styleguide":
        assert bare_text.in_template(path) == []


def test_python_shows_no_untranslated_words() -> None:
    found = {
        str(path.relative_to(PACKAGE)): texts
        for path in PACKAGE.glob("**/*.py")
        if path.name not in SAMPLES and (texts := bare_text.in_python(path))
    }
    assert found == {}


def test_bare_words_are_found(tmp_path: Path) -> None:
    template = tmp_path / "bare.html"
    template.write_text(
        "<p>{{ _('Hand in') }} {% trans %}Fine{% endtrans %}</p><p title='提示'>Bare words</p>"
        "{{ card('Marks') }}<code>kept</code>"
    )
    assert bare_text.in_template(template) == ["提示", "Bare words", "Marks"]


def test_every_icon_named_in_a_template_exists() -> None:
    missing = {
        name
        for path in TEMPLATES
        for name in ICON_NAME.findall(path.read_text(encoding="utf-8"))
        if name not in drawings()
    }
    assert missing == set()
