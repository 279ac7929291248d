"""Having ready what a rush asks for first.

The first page of a process costs a tenth of a second: templates are compiled, catalogues read. When
the doors open, forty ask before the first of them is done, and each would do it all again.
"""

from flask import Flask

from lianbing.web.i18n import LANGUAGE_COOKIE, LANGUAGES

PAGE = "/sign-in"
TEMPLATES = (
    "exams/_standing.html",
    "exams/lobby.html",
    "exams/sit.html",
    "layout/error.html",
    "layout/macros.html",
    "people/line.html",
)


def warm_up(app: Flask) -> None:
    """Draw a page in each language, and compile what is drawn for somebody in particular."""
    for name in TEMPLATES:
        app.jinja_env.get_template(name)
    for language in LANGUAGES:
        client = app.test_client()
        client.set_cookie(LANGUAGE_COOKIE, language)
        client.get(PAGE, base_url="https://localhost").close()
