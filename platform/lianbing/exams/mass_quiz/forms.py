"""What an organiser types to keep a quiz."""

from collections.abc import Sequence

from flask_babel import lazy_gettext as _
from flask_wtf import FlaskForm
from wtforms import (
    BooleanField,
    DateField,
    IntegerField,
    RadioField,
    SelectField,
    StringField,
    SubmitField,
    TextAreaField,
)
from wtforms.fields import SelectChoice
from wtforms.validators import InputRequired, Length, NumberRange

from lianbing.exams.mass_quiz.queries import QuizRow
from lianbing.exams.mass_quiz.rules import (
    LEAST_MINUTES,
    LONGEST_ABOUT,
    LONGEST_REASON,
    LONGEST_TITLE,
    MOST_MINUTES,
    MOST_POINTS,
    MOST_TRIES,
    Counting,
    PointsFor,
    QuizPlan,
)
from lianbing.exams.mass_quiz.use_cases import NewQuiz
from lianbing.kernel.ids import BlueprintId, OrganisationId
from lianbing.leaderboards.rules import MaskPolicy
from lianbing.papers.queries import BlueprintRow
from lianbing.people.queries import OrganisationRow

INDENT = "　"


class QuizFields(FlaskForm):
    """A quiz while it is a draft."""

    title = StringField(_("Title"), validators=[InputRequired(), Length(max=LONGEST_TITLE)])
    about = TextAreaField(
        _("About the quiz (workers read this)"), validators=[Length(max=LONGEST_ABOUT)]
    )
    organisation_id = SelectField(_("Meant for"), coerce=int, validators=[InputRequired()])
    blueprint_id = SelectField(
        _("Questions of a try, by blueprint"), coerce=int, validators=[InputRequired()]
    )
    reserved_only = BooleanField(_("Draw only questions reserved for exams"))
    opens_on = DateField(_("First day"), validators=[InputRequired()])
    closes_on = DateField(_("Last day"), validators=[InputRequired()])
    minutes = IntegerField(
        _("Minutes a try"),
        default=15,
        validators=[InputRequired(), NumberRange(LEAST_MINUTES, MOST_MINUTES)],
    )
    tries = IntegerField(
        _("Tries a day"), default=3, validators=[InputRequired(), NumberRange(1, MOST_TRIES)]
    )
    counting = RadioField(
        _("What counts"),
        choices=[
            SelectChoice(Counting.BEST.value, _("The best of all tries")),
            SelectChoice(Counting.DAY_BESTS.value, _("The best of each day, added up")),
            SelectChoice(Counting.ALL.value, _("All tries, added up")),
        ],
        default=Counting.BEST.value,
    )
    points = IntegerField(
        _("Points of practice"),
        default=5,
        validators=[InputRequired(), NumberRange(0, MOST_POINTS)],
    )
    points_for = RadioField(
        _("Points are earned by"),
        choices=[
            SelectChoice(PointsFor.DAY.value, _("The first try of a day with something right")),
            SelectChoice(PointsFor.TRY.value, _("Every try with something right")),
        ],
        default=PointsFor.DAY.value,
    )
    names = SelectField(
        _("Names on boards"),
        choices=[
            SelectChoice(MaskPolicy.SURNAME.value, _("Surname only")),
            SelectChoice(MaskPolicy.FULL.value, _("Full name")),
            SelectChoice(MaskPolicy.NONE.value, _("No names")),
        ],
    )
    explains = BooleanField(_("Show answers and explanations after each try"))
    save = SubmitField(_("Keep the draft"))

    def offer(self, nodes: Sequence[OrganisationRow], blueprints: Sequence[BlueprintRow]) -> None:
        """Offer the places and blueprints within reach."""
        self.organisation_id.choices = [
            SelectChoice(str(node.id), INDENT * node.depth + node.name) for node in nodes
        ]
        self.blueprint_id.choices = [
            SelectChoice(str(one.id), f"{one.bank_title} · {one.title} ({one.questions})")
            for one in blueprints
        ]

    def show(self, row: QuizRow) -> None:
        """Fill in a draft as it stands."""
        plan = row.plan
        for name in ("title", "about", "opens_on", "closes_on", "minutes", "tries", "points"):
            self[name].data = getattr(plan, name)
        for name in ("counting", "points_for", "names"):
            self[name].data = getattr(plan, name).value
        self.reserved_only.data, self.explains.data = plan.reserved_only, plan.explains
        self.organisation_id.data, self.blueprint_id.data = row.organisation_id, row.blueprint_id

    def new(self) -> NewQuiz:
        """The quiz that was typed."""
        plan = QuizPlan(
            title=self.title.data,
            about=self.about.data or "",
            opens_on=self.opens_on.data,
            closes_on=self.closes_on.data,
            minutes=self.minutes.data,
            tries=self.tries.data,
            counting=Counting(self.counting.data),
            points=self.points.data,
            points_for=PointsFor(self.points_for.data),
            names=MaskPolicy(self.names.data),
            reserved_only=self.reserved_only.data,
            explains=self.explains.data,
        )
        return NewQuiz(
            plan=plan,
            organisation_id=OrganisationId(self.organisation_id.data),
            blueprint_id=BlueprintId(self.blueprint_id.data),
        )


class ReasonForm(FlaskForm):
    """Why a quiz is closed early or a try is voided; kept with the act."""

    reason = TextAreaField(_("Reason"), validators=[InputRequired(), Length(max=LONGEST_REASON)])
    give_back = BooleanField(_("Give the try back to its day"), default=True)
