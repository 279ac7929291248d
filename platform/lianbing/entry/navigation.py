"""The ways through the product: four for workers, a menu for staff. Features add their lines here.

An item is shown only where its endpoint exists and one of its roles is held.
"""

from flask_babel import lazy_gettext as _

from lianbing.kernel.actor import Role
from lianbing.web.layout import Navigation, NavigationItem

BOTTOM_BAR = (
    NavigationItem(endpoint="practice.home", label=_("Practice"), icon="pencil-square"),
    NavigationItem(endpoint="exams.mine", label=_("Exams"), icon="clipboard-check"),
    NavigationItem(endpoint="leaderboards.index", label=_("Boards"), icon="bar-chart-steps"),
    NavigationItem(endpoint="people.me", label=_("Me"), icon="person"),
)

OWN_MENU = (
    NavigationItem(endpoint="training.home", label=_("Training"), icon="book"),
    NavigationItem(endpoint="mass_quiz.index", label=_("Mass quizzes"), icon="patch-question"),
    NavigationItem(endpoint="contests.index", label=_("Contests"), icon="trophy"),
    NavigationItem(endpoint="qualifications.passport", label=_("Skills passport"), icon="award"),
)

STAFF_MENU = (
    NavigationItem(
        endpoint="people.organisations",
        label=_("Organisations"),
        icon="diagram-3",
        roles=frozenset({Role.ADMINISTRATOR, Role.ORGANISER, Role.OVERSEER}),
    ),
    NavigationItem(
        endpoint="people.people",
        label=_("People"),
        icon="people",
        roles=frozenset({Role.ADMINISTRATOR, Role.ORGANISER, Role.TEAM_LEADER}),
    ),
    NavigationItem(
        endpoint="banks.index",
        label=_("Question banks"),
        icon="journal-text",
        roles=frozenset({Role.TRAINER}),
    ),
    NavigationItem(
        endpoint="campaign_desk.index",
        label=_("Campaigns"),
        icon="flag",
        roles=frozenset({Role.TRAINER, Role.TEAM_LEADER}),
    ),
    NavigationItem(
        endpoint="rewards.rules",
        label=_("Rules of points"),
        icon="star",
        roles=frozenset({Role.ADMINISTRATOR, Role.TRAINER}),
    ),
    NavigationItem(
        endpoint="subjects.index",
        label=_("Subjects"),
        icon="bookmarks",
        roles=frozenset({Role.TRAINER, Role.ADMINISTRATOR}),
    ),
    NavigationItem(
        endpoint="study.manage",
        label=_("Study material"),
        icon="book",
        roles=frozenset({Role.TRAINER}),
    ),
    NavigationItem(
        endpoint="classes.manage",
        label=_("Training classes"),
        icon="easel",
        roles=frozenset({Role.TRAINER, Role.ORGANISER}),
    ),
    NavigationItem(
        endpoint="papers.blueprints",
        label=_("Blueprints"),
        icon="grid-3x3",
        roles=frozenset({Role.TRAINER}),
    ),
    NavigationItem(
        endpoint="papers.index",
        label=_("Papers"),
        icon="file-earmark-text",
        roles=frozenset({Role.TRAINER, Role.ORGANISER}),
    ),
    NavigationItem(
        endpoint="manage_exams.index",
        label=_("Manage exams"),
        icon="calendar-check",
        roles=frozenset({Role.ORGANISER}),
    ),
    NavigationItem(
        endpoint="quiz_desk.index",
        label=_("Mass quizzes: results"),
        icon="patch-question",
        roles=frozenset({Role.ORGANISER, Role.TRAINER, Role.TEAM_LEADER}),
    ),
    NavigationItem(
        endpoint="invigilation.index",
        label=_("Invigilation"),
        icon="eye",
        roles=frozenset({Role.ORGANISER, Role.JUDGE}),
    ),
    NavigationItem(
        endpoint="exams_fairness.accommodations",
        label=_("Accommodations"),
        icon="universal-access",
        roles=frozenset({Role.ADMINISTRATOR, Role.ORGANISER}),
    ),
    NavigationItem(
        endpoint="contests.manage",
        label=_("Manage contests"),
        icon="trophy",
        roles=frozenset({Role.ORGANISER}),
    ),
    NavigationItem(
        endpoint="qualifications.manage",
        label=_("Qualification records"),
        icon="award",
        roles=frozenset({Role.ASSESSOR, Role.ADMINISTRATOR}),
    ),
    NavigationItem(
        endpoint="transport.connection",
        label=_("Connection"),
        icon="shield-lock",
        roles=frozenset({Role.ADMINISTRATOR}),
    ),
)

NAVIGATION = Navigation(bottom_bar=BOTTOM_BAR, own_menu=OWN_MENU, staff_menu=STAFF_MENU)
