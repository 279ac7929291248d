"""Photos are told by their bytes and kept without what the camera wrote into them."""

import struct
import zlib

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.photo_bytes import exif, jpeg, png

from lianbing.exams.seating.photos import MOST_BYTES, UnfitPhoto, clean_photo


def test_a_jpeg_keeps_its_picture_and_loses_its_metadata() -> None:
    raw = jpeg(width=300, height=400, extra=exif(note=b"Qingshan 31.2N 121.4E", orientation=6))
    clean = clean_photo(raw)
    assert (clean.media_type, clean.width, clean.height) == ("image/jpeg", 300, 400)
    assert b"Qingshan" in raw
    assert b"Qingshan" not in clean.content
    assert b"a comment" not in clean.content
    assert b"scan\xff\x00data\xff\xd0more" in clean.content
    assert clean.content.endswith(b"\xff\xd9")
    assert clean_photo(clean.content).content == clean.content


def test_the_orientation_is_kept_since_phones_rely_on_it() -> None:
    clean = clean_photo(jpeg(extra=exif(note=b"x", orientation=6)))
    assert b"Exif\0\0MM" in clean.content
    assert struct.pack(">HHIH", 0x0112, 3, 1, 6) in clean.content
    assert b"Exif" not in clean_photo(jpeg(extra=exif(note=b"x", orientation=1))).content


def test_what_hangs_behind_the_picture_is_dropped() -> None:
    assert b"PK" not in clean_photo(jpeg() + b"PK hidden archive").content
    assert b"PK" not in clean_photo(png() + b"PK hidden archive").content


def test_a_png_keeps_only_the_chunks_that_draw_it() -> None:
    raw = png(width=200, height=150, extra=((b"tEXt", b"Author\0Wang"), (b"eXIf", b"MM\0*")))
    clean = clean_photo(raw)
    assert (clean.media_type, clean.width, clean.height) == ("image/png", 200, 150)
    assert b"Wang" not in clean.content
    assert b"eXIf" not in clean.content
    assert clean.content.endswith(b"IEND" + struct.pack(">I", zlib.crc32(b"IEND")))


@pytest.mark.parametrize(
    ("raw", "said"),
    [
        (b"", "choose a file"),
        (b"GIF89a" + bytes(200), "it must be a JPEG or PNG picture"),
        (b"<svg onload=alert(1)>", "it must be a JPEG or PNG picture"),
        (jpeg() + bytes(MOST_BYTES), "it is larger than 300 kB"),
        (jpeg(width=99), "its sides must measure 100 to 4,000 pixels"),
        (jpeg(height=4001), "its sides must measure 100 to 4,000 pixels"),
        (jpeg()[:40], "the picture is damaged"),
        (png()[:-5], "the picture is damaged"),
        (png().replace(b"IDAT", b"IDAX"), "the picture is damaged"),
    ],
)
def test_what_is_no_fit_picture_is_refused_with_its_reason(raw: bytes, said: str) -> None:
    with pytest.raises(UnfitPhoto) as refused:
        clean_photo(raw)
    assert str(refused.value) == said


@given(
    start=st.sampled_from([b"", b"\xff\xd8\xff", b"\x89PNG\r\n\x1a\n", jpeg()[:60], png()[:40]]),
    rest=st.binary(max_size=300),
)
def test_any_bytes_are_a_picture_or_refused(start: bytes, rest: bytes) -> None:
    try:
        clean = clean_photo(start + rest)
    except UnfitPhoto:
        return
    assert clean.content.startswith((b"\xff\xd8", b"\x89PNG"))
