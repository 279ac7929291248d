"""What a file is, is told by its bytes; what acts by itself is refused, however it is written."""

from io import BytesIO

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image
from tests.training_factory import make_pdf, make_picture, object_stream

from lianbing.training.materials import files
from lianbing.training.materials.errors import REFUSALS
from lianbing.training.materials.files import UnfitFile, tidy_file
from lianbing.training.materials.pdf_check import UnfitPdf, check_pdf
from lianbing.training.materials.rules import ItemKind


def why(raw: bytes) -> str:
    with pytest.raises(UnfitFile) as refused:
        tidy_file(raw)
    return refused.value.why


def test_a_plain_pdf_is_kept_byte_by_byte() -> None:
    raw = make_pdf(b"<< /Type /Page /Annots [] >>", object_stream(b"5 0 << /Font /Helv >>"))
    kept = tidy_file(raw)
    assert (kept.kind, kept.mime, kept.data) == (ItemKind.PDF, "application/pdf", raw)
    assert kept.name == tidy_file(raw).name


def test_a_picture_is_kept_without_what_the_camera_wrote() -> None:
    raw = make_picture("JPEG", note=b"taken at the gate")
    assert b"taken at the gate" in raw
    kept = tidy_file(raw)
    assert kept.kind is ItemKind.PICTURE
    assert b"taken at the gate" not in kept.data
    with Image.open(BytesIO(kept.data)) as picture:
        assert not picture.getexif()


@pytest.mark.parametrize(
    "raw",
    [
        b'<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>',
        b'<?xml version="1.0"?><svg onload="alert(1)"/>',
        b"<!doctype html><script>alert(1)</script>",
        b"\n%PDF-1.7 not at the start %%EOF",
        b"GIF89a" + bytes(40),
        b"MZ" + bytes(200),
        b"PK\x03\x04" + bytes(200),
    ],
)
def test_anything_else_is_refused_whatever_it_is_called(raw: bytes) -> None:
    assert why(raw) == files.UNKNOWN


def test_nothing_and_too_much_are_refused() -> None:
    assert why(b"") == files.EMPTY
    assert why(b"%PDF-1.7" + bytes(files.MOST_BYTES)) == files.TOO_LARGE


def test_a_page_behind_a_pdfs_first_bytes_is_no_pdf() -> None:
    assert why(b"%PDF-1.7\n<html><script>alert(1)</script></html>") == "no_pdf"


@pytest.mark.parametrize(
    "action",
    [
        b"<< /S /JavaScript /JS (app.alert(1)) >>",
        b"<< /S /J#61vaScript >>",
        b"<< /#4aS (x) >>",
        b"<< /S /Launch /F (cmd.exe) >>",
        b"<< /Type/EmbeddedFile >>",
        b"<< /XFA [] >>",
    ],
)
def test_a_pdf_that_acts_by_itself_is_refused_in_the_open_and_in_object_streams(
    action: bytes,
) -> None:
    assert why(make_pdf(action)) == "pdf_acts"
    assert why(make_pdf(object_stream(b"5 0 " + action))) == "pdf_acts"
    assert why(make_pdf(b"<< /Length 1 >>\nstream\nx\nendstream", action)) == "pdf_acts"


def test_names_inside_drawn_content_do_not_matter() -> None:
    drawn = b"<< /Length 20 >>\nstream\n(/JS /Launch) Tj\nendstream"
    assert tidy_file(make_pdf(drawn)).kind is ItemKind.PDF


def test_what_cannot_be_looked_into_is_refused() -> None:
    assert why(make_pdf(b"<< /Filter /Standard >>", b"<< /Encrypt 3 0 R >>")) == "pdf_locked"
    broken = b"<< /Type /ObjStm /Filter /FlateDecode >>\nstream\nnot packed\nendstream"
    assert why(make_pdf(broken)) == "pdf_unreadable"
    other = b"<< /Type /ObjStm /Filter /LZWDecode >>\nstream\nxx\nendstream"
    assert why(make_pdf(other)) == "pdf_unreadable"
    foretold = object_stream(b"5 0 << >>", extra=b"/DecodeParms << /Predictor 12 >> ")
    assert why(make_pdf(foretold)) == "pdf_unreadable"


def test_a_bomb_is_not_unpacked_beyond_its_bound(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("lianbing.training.materials.pdf_check.MOST_UNPACKED", 1000)
    assert why(make_pdf(object_stream(b" " * 5000))) == "pdf_unreadable"


@given(st.binary(max_size=400))
def test_no_bytes_make_the_check_fall_over(noise: bytes) -> None:
    for raw in (noise, b"%PDF-" + noise + b"%%EOF", make_pdf(noise)):
        refusal = _refusal(raw)
        assert refusal is None or refusal in REFUSALS


def _refusal(raw: bytes) -> str | None:
    try:
        check_pdf(raw)
    except UnfitPdf as refused:
        return refused.why
    return None
