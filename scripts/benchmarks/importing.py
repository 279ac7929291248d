"""``bank``, part ``import``: 20,000 rows of Excel into a bank of 50,000, from file to drafts."""

from array import array
from io import BytesIO
from time import perf_counter, process_time

import xlsxwriter
from proving.progress import say

from benchmarks.report import Report
from lianbing.banks.interchange import running, use_cases
from lianbing.banks.interchange.queries import get_import
from lianbing.banks.interchange.rules import FILE_SOURCE, ImportState, Wanted
from lianbing.banks.models import QuestionBank
from lianbing.infra.database import db, transaction
from lianbing.kernel.actor import SYSTEM
from lianbing.kernel.clock import utc_now
from lianbing.kernel.ids import BankId, SubjectId
from lianbing.subjects.queries import get_subject, list_points

ROWS = 20_000
GOAL_SECONDS = 15.0
HEADS = (
    "序号",
    "题型",
    "题干",
    "选项A",
    "选项B",
    "选项C",
    "选项D",
    "答案",
    "解析",
    "难度",
    "知识点",
)


def measure_import(bank_id: BankId, shape: str, report: Report) -> None:
    """Reading, checking and the preview, then taking all in, with one goal for both together."""
    session = db.session()
    bank = session.get_one(QuestionBank, bank_id)
    points = [point.code for point in list_points(session, bank.outline_id)]
    grades = get_subject(session, SubjectId(bank.subject_id)).grades
    session.rollback()
    data = _workbook(points)
    say(f"{ROWS} rows of Excel, {len(data) // 1024} kB")
    wanted = Wanted(source_code=FILE_SOURCE, grade=grades[0] if grades else None)
    own, began = process_time(), perf_counter()
    with transaction() as session:
        number = use_cases.send_file(
            session, SYSTEM, bank_id, name="bench.xlsx", data=data, wanted=wanted, now=utc_now()
        )
    running.work_at_once(number)
    read = perf_counter() - began
    with transaction() as session:
        use_cases.accept(session, SYSTEM, number, good_only=False, now=utc_now())
    running.work_at_once(number)
    taken = perf_counter() - began
    row = get_import(db.session(), number)
    db.session.rollback()
    if row.state is not ImportState.DONE or row.counts["taken"] != ROWS:
        raise RuntimeError(f"the import ended as {row.state}: {row.counts}")
    report.goal(
        f"import_{shape}_s", f"< {GOAL_SECONDS:.0f}", round(taken, 2), met=taken < GOAL_SECONDS
    )
    report.notes.append(
        f"{shape} import of {ROWS} rows on one thread: preview in {read:.2f} s, "
        f"drafts in {taken:.2f} s ({process_time() - own:.2f} CPU s)"
    )
    report.latencies = array("d", [*report.latencies, taken])


def _workbook(points: list[str]) -> bytes:
    out = BytesIO()
    book = xlsxwriter.Workbook(out, {"in_memory": True})
    page = book.add_worksheet("单选题")
    page.write_row(0, 0, HEADS)
    for number in range(1, ROWS + 1):
        options = [f"甲{number}", f"乙{number}", f"丙{number}", f"丁{number}"]
        stem = f"导入的第 {number} 题：下列关于电气安全操作的说法，正确的是"
        point = points[number % len(points)]
        row = [number, "单选题", stem, *options, "ABCD"[number % 4], f"依据规程第 {number} 条。"]
        page.write_row(number, 0, [*row, 0.4, point])
    book.close()
    return out.getvalue()
