"""Refusals of a whole upload; what is wrong with a row is a ``RowProblem`` instead."""

from lianbing.kernel.errors import N_, DomainError, Kind


class FileTooLarge(DomainError):
    code = "file_too_large"
    message = N_("The file is too large: at most 10 MB and 20,000 rows. Split it.")


class FileNotReadable(DomainError):
    code = "file_not_readable"
    message = N_("The file cannot be read. Save it as .xlsx or as CSV and upload it again.")


class OldExcel(DomainError):
    code = "old_excel"
    message = N_("This is an old .xls file. Open it, save it as .xlsx and upload that.")


class NoHeader(DomainError):
    code = "no_header"
    message = N_("No row with the column name 姓名 (name) was found at the top. Use the template.")


class SameColumnTwice(DomainError):
    code = "same_column_twice"
    message = N_("Two columns mean the same: %(first)s and %(second)s. Remove one.")


class NoRows(DomainError):
    code = "no_rows"
    message = N_("There are no people below the column names.")


class ImportGone(DomainError):
    code = "import_gone"
    kind = Kind.NOT_FOUND
    message = N_("This upload is no longer kept. Upload the file again.")


class ImportHasErrors(DomainError):
    code = "import_has_errors"
    kind = Kind.CONFLICT
    message = N_("Some rows need correction first. Nothing was stored.")


class PlanChanged(DomainError):
    code = "plan_changed"
    kind = Kind.CONFLICT
    message = N_("Something changed since the preview. Look at it again, then import.")
