"""``lianbing exams verify``: hold a whole exam against the root printed in its bulletin."""

import re
import sys

import click
from flask.cli import with_appcontext

from lianbing.exams.errors import ExamNotFound
from lianbing.exams.models import Exam
from lianbing.exams.receipts.verifying import Verdict, verify_exam
from lianbing.infra.crypto import current_keyring
from lianbing.infra.database import db
from lianbing.kernel.ids import ExamId

WRONG = 1
MOST_SHOWN = 100
NOT_PROVEN = """\
What this does not prove:
- anything before hand-in or closing: a receipt seals what the server had stored by then, not that
  it had stored everything a candidate gave, nor when it was given (times are the server's own);
- who sat: a receipt names an attempt, and an attempt is whoever was signed in;
- that the marks are right: it shows that marks, scripts and list belong together, not that the
  keys are;
- entries that arrived after the last receipt and do not count (late, from a device left behind);
- anything, if the root was not kept outside this installation: whoever holds its signing key and
  its database can sign another history. Compare with the printed bulletin, not with this screen.
"""


@click.group("exams")
def exams_group() -> None:
    """Timed exams: what an operator checks by hand."""


@exams_group.command("verify")
@click.argument("exam_id", type=int)
@click.option("--root", required=True, help="the root of the receipts, from the printed bulletin")
@with_appcontext
def verify_command(exam_id: int, root: str) -> None:
    """Recompute all that the root of EXAM_ID stands for; status 1 when anything differs."""
    digits = re.sub(r"[\s-]", "", root).lower()
    if not re.fullmatch("[0-9a-f]{64}", digits):
        raise click.BadParameter("64 hexadecimal digits, spaces allowed", param_hint="--root")
    session = db.session()
    if session.get(Exam, exam_id) is None:
        raise click.ClickException(str(ExamNotFound()))
    verdict = verify_exam(session, ExamId(exam_id), root=digits, verify=current_keyring().verify)
    click.echo(_report(exam_id, verdict))
    if verdict.faults:
        sys.exit(WRONG)


def _report(exam_id: int, verdict: Verdict) -> str:
    lines = [
        f"Exam {exam_id}: {verdict.attempts} attempts, {verdict.entries} journal entries, "
        f"{verdict.receipts} receipts in the tree.",
    ]
    if not verdict.faults:
        lines.append(
            f"Everything agrees with the root given, which was published with result list "
            f"{verdict.list_version}: every sealed journal entry, script, receipt and line of it "
            "is as it was."
        )
    else:
        lines.append(f"FAULTS: {len(verdict.faults)}")
        lines += [f"- {fault}" for fault in verdict.faults[:MOST_SHOWN]]
        if len(verdict.faults) > MOST_SHOWN:
            lines.append(f"- and {len(verdict.faults) - MOST_SHOWN} more")
    return "\n".join([*lines, "", NOT_PROVEN])
