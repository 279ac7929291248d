"""Pictures are known by their bytes, drawn anew without what a camera adds, and bounded."""

from collections.abc import Callable
from io import BytesIO
from pathlib import Path

import pytest
from PIL import Image
from PIL.PngImagePlugin import PngInfo
from tests.banks_factory import QUESTIONS_YAML, write_bank

from lianbing.banks.bank_reader import read_bank
from lianbing.banks.pictures.rules import LONGEST_SIDE, MOST_BYTES, UnfitPicture, tidy_picture

SECRET = b"35.9N 104.1E workshop camera"


def png(size: tuple[int, int] = (40, 20), mode: str = "RGB") -> bytes:
    out, notes = BytesIO(), PngInfo()
    notes.add_text("Comment", SECRET.decode())
    Image.new(mode, size, "red").save(out, "PNG", pnginfo=notes)
    return out.getvalue()


def jpeg(size: tuple[int, int] = (40, 20), *, turned: bool = False) -> bytes:
    out, exif = BytesIO(), Image.Exif()
    exif[0x010E] = SECRET.decode()
    exif[0x0112] = 6 if turned else 1
    Image.new("RGB", size, "blue").save(out, "JPEG", exif=exif, comment=SECRET)
    return out.getvalue()


@pytest.mark.parametrize("raw", [png(), jpeg(), png(mode="RGBA"), png(mode="P"), png(mode="L")])
def test_only_pixels_are_kept(raw: bytes) -> None:
    kept = tidy_picture(raw + SECRET)
    assert SECRET not in kept.data
    assert (kept.width, kept.height) == (40, 20)
    assert kept.mime in ("image/png", "image/jpeg")
    with Image.open(BytesIO(kept.data)) as again:
        assert again.info.get("exif") is None
        assert not dict(again.getexif())


def test_a_picture_taken_sideways_stands_upright() -> None:
    kept = tidy_picture(jpeg(turned=True))
    assert (kept.width, kept.height) == (20, 40)


def test_large_pictures_are_made_smaller_and_the_same_picture_has_one_name() -> None:
    kept = tidy_picture(png((3000, 1500)))
    assert max(kept.width, kept.height) == LONGEST_SIDE
    assert len(kept.data) <= MOST_BYTES
    assert tidy_picture(png((3000, 1500))) == kept
    assert tidy_picture(png()).name != tidy_picture(jpeg()).name


def noise() -> bytes:
    out = BytesIO()
    Image.effect_noise((1200, 1200), 90).convert("RGB").save(out, "PNG")
    return out.getvalue()


@pytest.mark.parametrize(
    ("make", "why"),
    [
        (lambda: b"", "no_picture"),
        (lambda: b"<svg xmlns='http://www.w3.org/2000/svg'><script/></svg>", "no_picture"),
        (lambda: b"GIF89a" + b"x" * 100, "no_picture"),
        (lambda: b"RIFF\x00\x00\x00\x00WEBPVP8 ", "no_picture"),
        (lambda: b"%PDF-1.7", "no_picture"),
        (lambda: png()[:40], "no_picture"),
        (lambda: b"\x89PNG\r\n\x1a\n" + b"\xff" * 200, "no_picture"),
        (lambda: b"\xff\xd8\xff" + b"\x00" * 200, "no_picture"),
        (lambda: b"\xff\xd8\xff" + b"\x00" * (5 * 1024 * 1024), "too_large"),
        (lambda: png((6000, 5000)), "too_large"),
        (noise, "too_heavy"),
    ],
)
def test_what_is_no_fit_picture_is_refused(make: Callable[[], bytes], why: str) -> None:
    with pytest.raises(UnfitPicture) as refusal:
        tidy_picture(make())
    assert refusal.value.why == why


def test_a_bank_folder_brings_its_pictures(tmp_path: Path) -> None:
    text = QUESTIONS_YAML.replace(
        "stem: 两只 10 欧电阻并联，等效电阻为", "stem: 读数为 ![电流表](pictures/a.png)"
    ).replace("    A: 20 欧\n", "    A: '![二十欧](pictures/b.jpg)'\n")
    folder = write_bank(tmp_path, questions=text)
    (folder / "pictures").mkdir()
    (folder / "pictures" / "a.png").write_bytes(png())
    (folder / "pictures" / "b.jpg").write_bytes(jpeg())
    read = read_bank(folder)
    assert read.problems == ()
    assert read.bank is not None
    first = read.bank.questions[0]
    names = {picture.name for picture in read.bank.pictures}
    assert names == {tidy_picture(png()).name, tidy_picture(jpeg()).name}
    assert first.stem == f"读数为 ![电流表](pic:{tidy_picture(png()).name})"
    assert first.options[0].text.startswith("![二十欧](pic:")


@pytest.mark.parametrize(
    ("stem", "told"),
    [
        ("![电流表](pictures/none.png)", "no such file"),
        ("![电流表](../../etc/passwd)", "name a picture of the bank's folder"),
        ("![电流表](/etc/passwd)", "name a picture of the bank's folder"),
        ("![电流表](http://e.org/a.png)", "name a picture of the bank's folder"),
        ("![电流表](pictures/text.png)", "no PNG or JPEG"),
        ("![](pictures/a.png)", "what the picture shows"),
        ("$\\\\frac{1}{$", "cannot be read"),
    ],
)
def test_a_misfit_is_told_at_the_text_that_names_it(tmp_path: Path, stem: str, told: str) -> None:
    text = QUESTIONS_YAML.replace("stem: 两只 10 欧电阻并联，等效电阻为", f'stem: "{stem}"')
    folder = write_bank(tmp_path, questions=text)
    (folder / "pictures").mkdir()
    (folder / "pictures" / "a.png").write_bytes(png())
    (folder / "pictures" / "text.png").write_text("no picture")
    read = read_bank(folder)
    assert read.bank is None
    lines = [(one.line, one.message) for one in read.problems]
    assert any(line == 7 and told in message for line, message in lines), lines
