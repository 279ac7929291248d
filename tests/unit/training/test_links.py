"""A link is an address as it reads: nothing that runs, nothing that misleads the eye."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lianbing.training.materials.rules import clean_link, clean_title, host_of


@pytest.mark.parametrize(
    "link",
    [
        "https://files.example/手册.pdf",
        "http://10.0.0.5:8080/a?b=c#d",
        "https://xn--fiq228c.example/",
    ],
)
def test_http_addresses_stay_as_they_are(link: str) -> None:
    assert clean_link(f" {link} ") == link
    assert host_of(link) in link


@pytest.mark.parametrize(
    "text",
    [
        "",
        "javascript:alert(1)",
        "JavaScript://x/%0aalert(1)",
        "data:text/html,<script>alert(1)</script>",
        "file:///etc/passwd",
        "//host/path",
        "https://",
        "https:///path",
        "https://bank.example@evil.example/",
        "https://evil.example\\@bank.example/",
        "https://a b/",
        "https://a\nb/",
        "https://a\u202eb/",
        "https://host:99999/",
        "https://[::1/",
        "https://host/" + "x" * 500,
    ],
)
def test_anything_else_is_no_link(text: str) -> None:
    assert clean_link(text) is None


@given(st.text(max_size=80))
def test_whatever_is_taken_begins_with_http_and_a_host(text: str) -> None:
    for candidate in (text, "https://" + text):
        link = clean_link(candidate)
        if link is not None:
            assert link.lower().startswith(("http://", "https://"))
            assert host_of(link)


@given(st.text(max_size=80))
def test_a_title_is_one_line_of_visible_signs(text: str) -> None:
    title = clean_title(text)
    assert title.isprintable()
    assert title == title.strip()
    assert clean_title(title) == title
