"""Which format a file is of, by its bytes first, and reading it; refusals speak for themselves."""

import re
from collections.abc import Mapping

from lianbing.banks.bank_reader import BANK_FILE
from lianbing.banks.interchange.drafts import ReadFile, Refused
from lianbing.banks.interchange.foreign import foreign, foreign_package
from lianbing.banks.interchange.formats.aiken import looks_like_aiken, read_aiken
from lianbing.banks.interchange.formats.csv_reader import decoded, delimiter_of, read_csv
from lianbing.banks.interchange.formats.excel_reader import read_excel
from lianbing.banks.interchange.formats.gift import looks_like_gift, read_gift
from lianbing.banks.interchange.formats.moodle_xml import read_moodle_xml
from lianbing.banks.interchange.formats.own_reader import read_own
from lianbing.banks.interchange.formats.qti import MANIFEST, read_qti_item, read_qti_package
from lianbing.banks.interchange.formats.text_reader import read_text
from lianbing.banks.interchange.formats.word_reader import DOCUMENT, read_word
from lianbing.banks.interchange.headings import is_heading_row
from lianbing.banks.interchange.packages import MACROS, Package
from lianbing.kernel.errors import N_

LONGEST_FILE = 16 * 1024 * 1024
MACRO_NAMES = (".xlsm", ".docm", ".xltm", ".dotm", ".xlam")
UNKNOWN_PACKAGE = N_("This package is none of those that are read here. See the list of formats.")
EMPTY = N_("The file is empty.")
TOO_LONG = N_("The file is larger than 16 MB. Split it and send the parts.")
NOTHING = N_("No question was found in the file. See the list of formats for what is read.")
PANIC = N_("The file is damaged. Save it again and send it anew.")


def read_file(name: str, data: bytes, by_hand: Mapping[str, str] | None = None) -> ReadFile:
    """Drafts and findings of a file in any known format; raises Refused, and nothing else."""
    if not data.strip():
        raise Refused(EMPTY)
    if len(data) > LONGEST_FILE:
        raise Refused(TOO_LONG)
    if name.lower().endswith(MACRO_NAMES):
        raise Refused(MACROS)
    refusal = foreign(name, data)
    if refusal is not None:
        raise Refused(refusal[0], **refusal[1])
    mapping = by_hand or {}
    try:
        read = _package(data, mapping) if data.startswith(b"PK") else _text(name, data, mapping)
    except RecursionError as error:
        raise Refused(PANIC) from error
    except BaseException as error:
        if type(error).__name__ == "PanicException":  # the reader of Excel files gave up
            raise Refused(PANIC) from error
        raise
    if not read.questions and not read.findings and not read.columns:
        raise Refused(NOTHING)
    return read


def _package(data: bytes, mapping: Mapping[str, str]) -> ReadFile:
    package = Package(data)
    if package.holds("xl/workbook.xml"):
        return read_excel(data, mapping)
    if package.holds(DOCUMENT):
        return read_word(data)
    if package.holds(MANIFEST):
        return read_qti_package(package)
    if any(name == BANK_FILE or name.endswith(f"/{BANK_FILE}") for name in package.names()):
        return read_own(package)
    raise Refused(foreign_package(package.names()) or UNKNOWN_PACKAGE)


def _text(name: str, data: bytes, mapping: Mapping[str, str]) -> ReadFile:
    head = data[:4096].lstrip(b"\xef\xbb\xbf \t\r\n")
    if head.startswith(b"<"):
        if re.search(rb"<(?:[\w.]+:)?(?:qti-assessment-item|assessmentItem)[\s>]", data):
            return read_qti_item(data)
        return read_moodle_xml(data)
    text = decoded(data)
    if _is_table(name, text, mapping):
        return read_csv(text, mapping)
    if looks_like_aiken(text):
        return read_aiken(text)
    return read_gift(text) if looks_like_gift(text) else read_text(text)


def _is_table(name: str, text: str, mapping: Mapping[str, str]) -> bool:
    if name.lower().endswith((".csv", ".tsv")):
        return True
    sign = delimiter_of(text)
    first = next((line for line in text.splitlines() if line.strip()), "")
    return sign in first and is_heading_row(first.split(sign), mapping)
