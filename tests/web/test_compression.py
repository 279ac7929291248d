"""What goes out is compressed where that is understood, and says so."""

import gzip
import zlib

import pytest
from flask.testing import FlaskClient

from lianbing.web.compression import PackedHalves

PACKED = {"Accept-Encoding": "gzip, deflate"}
FILE = "/static/css/components.css"


def test_a_file_is_sent_compressed_and_is_the_same_file(client: FlaskClient) -> None:
    with client.get(FILE) as plain, client.get(FILE, headers=PACKED) as packed:
        assert packed.headers["Content-Encoding"] == "gzip"
        assert gzip.decompress(packed.data) == plain.data
        assert packed.content_length == len(packed.data) < len(plain.data) / 3
        assert "Accept-Encoding" in packed.headers["Vary"]


def test_who_does_not_understand_it_gets_it_plain(client: FlaskClient) -> None:
    with client.get(FILE) as plain:
        assert "Content-Encoding" not in plain.headers
        assert "Accept-Encoding" in plain.headers["Vary"]


def test_a_file_that_is_known_is_not_sent_again(client: FlaskClient) -> None:
    with client.get(FILE, headers=PACKED) as first:
        known = {**PACKED, "If-None-Match": first.headers["ETag"]}
    with client.get(FILE, headers=known) as again:
        assert (again.status_code, again.data) == (304, b"")


def test_a_part_of_a_file_is_a_part_of_the_plain_one(client: FlaskClient) -> None:
    with client.get(FILE, headers={**PACKED, "Range": "bytes=0-9"}) as part:
        assert (part.status_code, len(part.data)) == (206, 10)
        assert "Content-Encoding" not in part.headers


@pytest.mark.parametrize("address", ["/sign-in"])
def test_a_page_is_sent_compressed(client: FlaskClient, address: str) -> None:
    packed = client.get(address, headers=PACKED)
    assert packed.headers["Content-Encoding"] == "gzip"
    assert b"</html>" in gzip.decompress(packed.data)


def test_pictures_are_left_as_they_are(client: FlaskClient) -> None:
    with client.get("/static/img/app/icon-192.png", headers=PACKED) as picture:
        assert picture.data.startswith(b"\x89PNG")


@pytest.mark.parametrize("middle", [b"", b"x", b"name" * 1000])
def test_a_page_packed_in_halves_is_whole_to_whoever_unpacks_it(middle: bytes) -> None:
    before, after = b"<p>before</p>" * 500, b"<p>after</p>" * 500
    page = PackedHalves(before, after)
    assert gzip.decompress(page.packed_round(middle)) == before + middle + after
    assert page.plain_round(middle) == before + middle + after
    unpack = zlib.decompressobj(16 + zlib.MAX_WBITS)
    assert unpack.decompress(page.packed_round(middle)) == before + middle + after
    assert (unpack.eof, unpack.unused_data) == (True, b"")
