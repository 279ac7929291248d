"""The WSGI entry: ``granian --interface wsgi wsgi:app``. ``lianbing web`` serves the same."""

from lianbing.entry.serving import load_application

app = load_application()
