"""What people call types, uses, bands and kinds of source: msgids, translated where shown."""

from lianbing.banks.rules import DifficultyBand, QuestionType, QuestionUse, SourceKind
from lianbing.kernel.errors import N_

TYPE_WORDS = {
    QuestionType.SINGLE_CHOICE: N_("Single choice"),
    QuestionType.MULTIPLE_CHOICE: N_("Multiple choice"),
    QuestionType.TRUE_FALSE: N_("True or false"),
    QuestionType.FILL_BLANK: N_("Fill in"),
    QuestionType.MATCHING: N_("Matching"),
    QuestionType.ORDERING: N_("Ordering"),
    QuestionType.SHORT_ANSWER: N_("Short answer"),
    QuestionType.CASE: N_("Case"),
}
USE_WORDS = {
    QuestionUse.BOTH: N_("Practice and exams"),
    QuestionUse.PRACTICE: N_("Practice only"),
    QuestionUse.EXAM: N_("Exams only"),
}
BAND_WORDS = {
    DifficultyBand.EASY: N_("Easy"),
    DifficultyBand.MEDIUM: N_("Moderate"),
    DifficultyBand.HARD: N_("Hard"),
}
SOURCE_WORDS = {
    SourceKind.LAW: N_("Law"),
    SourceKind.REGULATION: N_("Regulation"),
    SourceKind.STANDARD: N_("Standard"),
    SourceKind.PHYSICS: N_("Physics or principle"),
}
