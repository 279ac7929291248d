"""What people call formats, steps and columns of files: msgids, translated where shown."""

from lianbing.banks.interchange.drafts import FileFormat
from lianbing.banks.interchange.formats.word_writer import KeysAt
from lianbing.banks.interchange.rules import ImportState
from lianbing.kernel.errors import N_

FORMAT_WORDS = {
    FileFormat.EXCEL: N_("Excel"),
    FileFormat.CSV: N_("CSV table"),
    FileFormat.WORD: N_("Word"),
    FileFormat.TEXT: N_("Plain text"),
    FileFormat.AIKEN: N_("Aiken"),
    FileFormat.GIFT: N_("GIFT"),
    FileFormat.MOODLE_XML: N_("Moodle XML"),
    FileFormat.QTI: N_("QTI"),
    FileFormat.OWN: N_("Lianbing bank"),
}
SAMPLES = (
    (
        N_("Choices"),
        N_(
            "1. The unit of current is ( ).\nA. volt\nB. ampere\nC. ohm\nAnswer: B\n"
            "Explanation: named after Ampère."
        ),
    ),
    (
        N_("True or false, fill-in, short answer"),
        N_(
            "2. [True or false] A fuse may be replaced by copper wire. (F)\n"
            "3. [Fill blank] Mains here run at ____ Hz.\nAnswer: 50\n"
            "4. [Short answer] What comes first in an electric shock?\n"
            "Answer: Switch off the current."
        ),
    ),
    (
        N_("Matching: pairs by arrows, or two columns and an answer"),
        N_(
            "5. [Matching] Join quantity and unit.\nvoltage → volt\ncurrent → ampere\n→ hertz\n"
            "6. [Matching] Join tool and use.\n(1) clamp meter    A. tests for voltage\n"
            "(2) test pen    B. measures current\nAnswer: 1-B 2-A"
        ),
    ),
    (
        N_("Ordering: steps in any order, the answer gives the right one"),
        N_("7. [Ordering] Put the steps in order.\nA. test\nB. switch off\nC. earth\nAnswer: BAC"),
    ),
    (
        N_("Case: the material, then its parts (1), (2)… each with its answer"),
        N_(
            "8. [Case] A welder got a shock from a worn cable.\n"
            "(1) The direct cause was ( ).\nA. the cable\nB. the weather\nC. the noise\nAnswer: A\n"
            "(2) The frame has to be earthed.\nAnswer: T"
        ),
    ),
)
"""How questions stand in Word and plain text: the help of the import page, and read by a test."""
KEYS_AT_WORDS = {
    KeysAt.BESIDE: N_("Below each question"),
    KeysAt.END: N_("All at the end"),
    KeysAt.NOWHERE: N_("Left out: questions alone"),
}
PLACE_WORDS = {
    FileFormat.WORD: N_("paragraph %(row)s"),
    FileFormat.MOODLE_XML: N_("question %(row)s"),
    FileFormat.QTI: "",
    FileFormat.OWN: "",
}
"""How a place in a file is counted, where not by rows; "" where the name says it."""
LOSSES = {
    FileFormat.EXCEL: N_(
        "Pictures stay behind: only this bank finds them again. All else is held, cases as rows "
        "that name their case."
    ),
    FileFormat.WORD: N_(
        "All types, in the layout of a paper. Read back, numbers of questions, tables in stems and "
        "the marks of bold words are lost."
    ),
    FileFormat.MOODLE_XML: N_(
        "Left out: cases, and blanks whose numbers have a unit unless there is just one. "
        "Facts Moodle has no field for become tags."
    ),
    FileFormat.GIFT: N_(
        "Left out: several blanks, units, orderings, short answers, cases, matchings with "
        "entries that fit nothing. Lost: pictures, difficulty, use, grade, source."
    ),
    FileFormat.QTI: N_(
        "Lost: blank lines and runs of spaces. Facts stand as key words in the manifest."
    ),
    FileFormat.OWN: N_(
        "Left out: questions without an explanation or a source. Only the newest version."
    ),
}
STATE_WORDS = {
    ImportState.WAITING: (N_("Waiting to be read"), "wait"),
    ImportState.READING: (N_("Being read"), "wait"),
    ImportState.READ: (N_("Read, not yet taken in"), "wait"),
    ImportState.REFUSED: (N_("Refused"), "stop"),
    ImportState.ACCEPTED: (N_("Waiting to be taken in"), "wait"),
    ImportState.TAKING: (N_("Being taken in"), "wait"),
    ImportState.DONE: (N_("In the bank now"), "good"),
    ImportState.CANCELLED: (N_("Given up"), "plain"),
    ImportState.FAILED: (N_("Broke off"), "stop"),
    ImportState.EXPIRED: (N_("Not taken in within 14 days: dropped"), "plain"),
    ImportState.UNDONE: (N_("Undone"), "plain"),
}
FIELD_WORDS = {
    "stem": N_("Stem"),
    "type": N_("Type"),
    "answer": N_("Key"),
    "explanation": N_("Explanation"),
    "options": N_("All options in one cell"),
    "point": N_("Assessment point"),
    "difficulty": N_("Difficulty"),
    "code": N_("Number"),
    "use": N_("Where it may appear"),
    "grade": N_("Grade"),
    "source": N_("Source of the fact"),
    "clause": N_("Article or clause"),
    "option_text": N_("One option (a row an option)"),
    "is_right": N_("Whether this option is right"),
    "parent": N_("Number of the case it belongs to"),
    "weight": N_("Weight"),
    "reasons": N_("Why options are wrong, a line each"),
}
