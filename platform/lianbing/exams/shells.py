"""The empty exam page as all who wait for it fetch it: drawn once, then given to each.

Nothing of it is the candidate's own but the mark that tells whose page it is; drawing it for
each of twenty thousand took a third of the time before an opening.
"""

from collections.abc import Callable, Hashable
from dataclasses import dataclass, field
from datetime import datetime, timedelta

FRESH = timedelta(seconds=30)
"""How long a changed exam may still be shown as it was; the start tells what binds."""
MOST = 64


@dataclass
class Shells:
    """Drawn pages by what they differ in (exam, language, theme, size of text)."""

    _drawn: dict[Hashable, tuple[datetime, str, str]] = field(default_factory=dict)

    def page(self, key: Hashable, mark: str, draw: Callable[[], str], *, now: datetime) -> str:
        """The page for the person of this mark, who must be the one that ``draw`` draws it for."""
        found = self._drawn.get(key)
        if found is None or found[0] < now - FRESH:
            before, after = draw().split(_attribute(mark), 1)
            if len(self._drawn) >= MOST:
                self._drawn.clear()
            found = self._drawn[key] = (now, before, after)
        _drawn_at, before, after = found
        return f"{before}{_attribute(mark)}{after}"


def _attribute(mark: str) -> str:
    return f'data-person="{mark}"'
