"""Which form edits which type of question."""

from lianbing.banks.case_form import CaseForm
from lianbing.banks.column_forms import MatchingForm, OrderingForm, ShortAnswerForm
from lianbing.banks.fill_form import FillForm
from lianbing.banks.forms import ChoiceForm, QuestionForm, TruthForm
from lianbing.banks.rules import QuestionType

FORMS: dict[QuestionType, type[QuestionForm]] = {
    QuestionType.SINGLE_CHOICE: ChoiceForm,
    QuestionType.MULTIPLE_CHOICE: ChoiceForm,
    QuestionType.TRUE_FALSE: TruthForm,
    QuestionType.FILL_BLANK: FillForm,
    QuestionType.MATCHING: MatchingForm,
    QuestionType.ORDERING: OrderingForm,
    QuestionType.SHORT_ANSWER: ShortAnswerForm,
    QuestionType.CASE: CaseForm,
}
