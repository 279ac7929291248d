"""Occupations are keyed on (edition, code) and loaded as often as one likes."""

from sqlalchemy import select
from sqlalchemy.orm import Session

from lianbing.infra.database import transaction
from lianbing.kernel.actor import SYSTEM
from lianbing.kernel.clock import utc_now
from lianbing.subjects.models import Occupation
from lianbing.subjects.queries import find_occupation, page_of_occupations
from lianbing.subjects.use_cases import load_occupations


def test_loading_twice_adds_nothing_and_mends_what_was_changed(session: Session) -> None:
    with transaction() as writing:
        assert load_occupations(writing, SYSTEM, now=utc_now()).added == 20
    with transaction() as writing:
        row = writing.scalars(select(Occupation).where(Occupation.code == "6-31-01-03")).one()
        row.name = "电匠"
    with transaction() as writing:
        again = load_occupations(writing, SYSTEM, now=utc_now())
    assert (again.added, again.changed) == (0, 1)
    found = find_occupation(session, "2022", "6-31-01-03")
    assert found is not None
    assert (found.title, found.title_en) == ("电工", "Electrician")


def test_an_older_edition_may_use_the_same_code(session: Session) -> None:
    with transaction() as writing:
        load_occupations(writing, SYSTEM, now=utc_now())
        writing.add(
            Occupation(
                edition="2015", code="6-31-01-03", name="旧名", name_en="Old name", grades=[]
            )
        )
    assert page_of_occupations(session, 1, search="6-31-01-03").total == 2
    newer = find_occupation(session, "2022", "6-31-01-03")
    assert newer is not None
    assert newer.title == "电工"


def test_a_search_takes_names_in_both_languages_and_no_wildcards(session: Session) -> None:
    with transaction() as writing:
        load_occupations(writing, SYSTEM, now=utc_now())
    assert page_of_occupations(session, 1, search="焊").total == 1
    assert page_of_occupations(session, 1, search="WELDER").total == 1
    assert page_of_occupations(session, 1, search="%").total == 0
