"""What people call kinds of errors and the ends of reports."""

from lianbing.banks.corrections.rules import ErrorKind, ReportState
from lianbing.kernel.errors import N_

ERROR_WORDS = {
    ErrorKind.KEY: N_("The key is wrong"),
    ErrorKind.TEXT: N_("A slip in the question or an option"),
    ErrorKind.OUTDATED: N_("Out of date"),
    ErrorKind.UNCLEAR: N_("Not clear"),
    ErrorKind.OTHER: N_("Something else"),
}
REPORT_WORDS = {
    ReportState.OPEN: N_("Being looked at"),
    ReportState.MENDED: N_("Thank you, it is mended"),
    ReportState.NO_ERROR: N_("Not an error"),
}
