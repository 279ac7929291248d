"""The empty exam page as all who wait for it fetch it: drawn and packed once, then given to each.

Nothing of it is the candidate's own but the mark that tells whose page it is; drawing it for
each of twenty thousand took a third of the time before an opening.
"""

from dataclasses import dataclass, field
from datetime import datetime, timedelta

from lianbing.kernel.ids import ExamId
from lianbing.web.compression import PackedHalves

FRESH = timedelta(seconds=30)
"""How long a changed exam may still be shown as it was; the start tells what binds."""
MOST = 64


@dataclass(frozen=True, slots=True)
class Shells:
    """Drawn pages by exam and look (language, light, size of text, staff or not)."""

    _drawn: dict[tuple[ExamId, str], tuple[datetime, PackedHalves]] = field(default_factory=dict)

    def find(self, exam_id: ExamId, look: str, *, now: datetime) -> PackedHalves | None:
        """The page, for ``marked`` to go between; None when it is to be drawn anew."""
        found = self._drawn.get((exam_id, look))
        return found[1] if found is not None and found[0] >= now - FRESH else None

    def keep(self, exam_id: ExamId, look: str, mark: str, page: str, *, now: datetime) -> None:
        """Keep a page that was drawn for the person of this mark."""
        before, after = page.encode().split(marked(mark), 1)
        if len(self._drawn) >= MOST:
            self._drawn.clear()
        self._drawn[exam_id, look] = (now, PackedHalves(before, after))


def marked(mark: str) -> bytes:
    """What of the page tells whose it is."""
    return f'data-person="{mark}"'.encode()
