"""Results as candidates see them: the own result once released, the published list."""

import base64
from collections.abc import Iterable
from typing import Any

from flask import redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from lianbing.banks.corrections.views import take_report
from lianbing.banks.rules import Answer, QuestionType
from lianbing.exams import closing, own_result, queries, result_lists
from lianbing.exams.errors import ResultListNotFound
from lianbing.exams.receipts.queries import find_root, list_receipts
from lianbing.exams.rules import Release
from lianbing.exams.views import my_ids, pages
from lianbing.grading.answers import texts_of
from lianbing.infra.database import db, transaction
from lianbing.infra.paging import Page
from lianbing.kernel.clock import utc_now
from lianbing.kernel.errors import NotFound
from lianbing.kernel.ids import ExamId
from lianbing.leaderboards.rules import mask_name
from lianbing.people.queries import person_names
from lianbing.web import access

PER_PAGE = 100


@pages.get("/<int:exam_id>/result")
@access.signed_in
def result(exam_id: int) -> ResponseReturnValue:
    now = utc_now()
    exam = queries.get_exam(db.session(), ExamId(exam_id))
    standing = queries.standing_of(db.session(), exam, my_ids(), now=now)
    if standing.attempt_id is None or standing.state is queries.CandidateStanding.IN_PROGRESS:
        return redirect(url_for("exams.lobby", exam_id=exam_id))
    with transaction() as session:
        closing.close_if_due(session, standing.attempt_id, now=now)
    own = own_result.find_own_result(db.session(), exam, standing.attempt_id, now=now)
    receipt = next(iter(list_receipts(db.session(), standing.attempt_id)), None)
    return render_template("exams/result.html", exam=exam, result=_worded(own), receipt=receipt)


@pages.post("/<int:exam_id>/result/report")
@access.signed_in
def report_error(exam_id: int) -> ResponseReturnValue:
    """Report an error in a question of one's own script, once its answers are released."""
    now = utc_now()
    exam = queries.get_exam(db.session(), ExamId(exam_id))
    standing = queries.standing_of(db.session(), exam, my_ids(), now=now)
    if standing.attempt_id is None:
        raise NotFound
    own = own_result.find_own_result(db.session(), exam, standing.attempt_id, now=now)
    number = request.form.get("number", 0, type=int)
    seen = [item.version_id for item in own.items if item.number == number]
    if not seen:
        raise NotFound
    take_report(seen[0])
    return redirect(url_for("exams.result", exam_id=exam_id, _anchor="review"))


@pages.get("/<int:exam_id>/published")
@access.signed_in
def published(exam_id: int) -> ResponseReturnValue:
    """The published list, its names masked as the exam's policy says."""
    exam = queries.get_exam(db.session(), ExamId(exam_id))
    page, result_list = result_page(exam.id)
    names = person_names(db.session(), [row.person_id for row in page.rows])
    return render_template(
        "exams/published.html",
        exam=exam,
        result_list=result_list,
        root=find_root(db.session(), exam.id, list_version=result_list.version),
        signature=base64.b64encode(result_list.signature).decode(),
        page=page,
        names={
            row.person_id: mask_name(
                names.get(row.person_id, ""), exam.mask_policy, number=str(row.rank)
            )
            for row in page.rows
        },
    )


def result_page(
    exam_id: ExamId,
) -> tuple[Page[result_lists.ResultRowView], result_lists.ResultListRow]:
    """The newest published list and the page of it that the address asks for."""
    result_list = result_lists.find_result_list(db.session(), exam_id)
    if result_list is None:
        raise ResultListNotFound
    number = max(1, request.args.get("page", 1, type=int))
    start = (number - 1) * PER_PAGE
    rows = result_list.rows[start : start + PER_PAGE]
    page = Page(rows=rows, number=number, total=len(result_list.rows), per_page=PER_PAGE)
    return page, result_list


def _worded(own: own_result.OwnResult) -> dict[str, Any]:
    """The result as the template shows it: answers and releases in the candidate's language."""
    return {
        "state": own.state.value,
        "release_text": _release_text(own),
        "marks": own.marks,
        "total_marks": own.total_marks,
        "passed": own.passed,
        "rank": own.rank,
        "seconds_used": own.seconds_used,
        "items": worded_items(own.items),
    }


def worded_items(items: Iterable[own_result.ItemRow]) -> list[dict[str, Any]]:
    """Marked questions as ``_review_item.html`` shows them, answers in the reader's language."""
    return [
        {
            "number": item.number,
            "type": item.type,
            "stem": item.stem,
            "options": item.options,
            "prompts": item.prompts,
            "parts": item.parts,
            "my_answer_text": answer_text(item.my_answer, item.type),
            "right_answer_text": answer_text(item.right_answer, item.type),
            "marks": item.marks,
            "of": item.of,
            "verdict": item.verdict.value,
            "explanation": item.explanation,
            "source": item.source,
            "whys": item.whys,
        }
        for item in items
    ]


def _release_text(own: own_result.OwnResult) -> str:
    release = own.release
    if own.state is own_result.ResultState.RELEASED:
        if own.explained or own.explanations_release is Release.NEVER:
            return ""
        return gettext("Answers and explanations are shown later.")
    match release:
        case Release.AFTER_CLOSE:
            return gettext("It is shown after the exam has closed for everybody.")
        case Release.NEVER:
            return gettext("The organiser announces it; it is not shown here.")
        case _:
            return gettext("It is shown when the organiser publishes the result list.")


def answer_text(answer: Answer, kind: QuestionType | None = None) -> str:
    """An answer in words: letters together, blanks apart, truths as right and wrong.

    The type tells pairs and sequences from letters; without it they are told as letters.
    """
    if answer is None:
        return ""
    if isinstance(answer, bool):
        return gettext("True") if answer else gettext("False")
    if isinstance(answer, str):
        return answer
    if kind is QuestionType.CASE or not all(isinstance(part, str) for part in answer):
        told = [answer_text(part) or "–" for part in answer]
        return "　".join(f"({number}) {text}" for number, text in enumerate(told, start=1))
    texts = texts_of(answer)
    if kind is QuestionType.MATCHING:
        return "　".join(f"{number} – {text or '–'}" for number, text in enumerate(texts, start=1))
    if kind is QuestionType.ORDERING:
        return " → ".join(texts)
    letters = all(len(part) == 1 and part.isupper() for part in texts)
    return ("" if letters else "；").join(texts)
