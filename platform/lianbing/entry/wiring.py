"""Who is plugged in where: blueprints, event subscribers, periodic tasks, commands.

The one list of everything that travels between features other than by a call downwards.
"""

from click import Group
from flask import Flask
from flask_wtf import CSRFProtect

from lianbing.banks import cli as bank_commands
from lianbing.banks import editor_views
from lianbing.banks import models as bank_models
from lianbing.banks.corrections import views as correction_views
from lianbing.banks.duplicates import views as duplicates_views
from lianbing.banks.finding import views as finding_views
from lianbing.banks.interchange import export_views
from lianbing.banks.interchange import models as import_models
from lianbing.banks.interchange import tasks as import_tasks
from lianbing.banks.interchange import views as import_views
from lianbing.banks.opening import views as new_bank_views
from lianbing.banks.review import views as review_views
from lianbing.banks.rounds import views as round_views
from lianbing.banks.secrecy import views as secrecy_views
from lianbing.banks.sharing import views as sharing_views
from lianbing.banks.sources import views as source_views
from lianbing.contests import manage_views as contest_pages
from lianbing.contests import models as contest_models
from lianbing.contests import views as contest_views
from lianbing.entry import health, metrics_views, navigation, practice_together
from lianbing.entry.practice_modes import register_modes
from lianbing.exams import api as exams_api
from lianbing.exams import closing, home_panels, manage_views, offline_views, shell_views
from lianbing.exams import views as exams_views
from lianbing.exams.conduct import api as conduct_api
from lianbing.exams.conduct import views as conduct_views
from lianbing.exams.events import ResultListPublished
from lianbing.exams.fairness import api as fairness_api
from lianbing.exams.fairness import views as fairness_views
from lianbing.exams.invigilation import candidate_views as invigilation_views
from lianbing.exams.mass_quiz import api as quiz_api
from lianbing.exams.mass_quiz import desk_views as quiz_desk_views
from lianbing.exams.mass_quiz import follow_views as quiz_follow_views
from lianbing.exams.mass_quiz import outside as quiz_outside
from lianbing.exams.mass_quiz import tasks as quiz_tasks
from lianbing.exams.mass_quiz import views as quiz_views
from lianbing.exams.mass_quiz.events import QuizPointsDue
from lianbing.exams.receipts import answer_file_views
from lianbing.exams.receipts import cli as receipt_commands
from lianbing.exams.receipts import views as receipt_views
from lianbing.exams.release import views as release_views
from lianbing.exams.seating import constraints as seating_constraints
from lianbing.exams.seating import (
    deal_views,
    make_up_views,
    room_views,
    seat_views,
    sheet_views,
    ticket_views,
)
from lianbing.exams.seating import tasks as seating_tasks
from lianbing.exams.seb import views as seb_views
from lianbing.exams.trial import api as trial_api
from lianbing.exams.trial import views as trial_views
from lianbing.infra import audit, outbox, tasks
from lianbing.infra.database import db
from lianbing.infra.settings import Settings
from lianbing.kernel.actor import Role
from lianbing.leaderboards import api as board_api
from lianbing.leaderboards import models as board_models
from lianbing.leaderboards import tasks as board_tasks
from lianbing.leaderboards import views as board_views
from lianbing.papers import blueprint_views, copy_views
from lianbing.papers import cli as paper_commands
from lianbing.papers import models as paper_models
from lianbing.papers import tasks as paper_tasks
from lianbing.papers.assembly import models as assembly_models
from lianbing.papers.assembly import tasks as assembly_tasks
from lianbing.papers.assembly import views as assembly_views
from lianbing.papers.openings import views as opening_views
from lianbing.papers.pool import models as pool_models
from lianbing.papers.pool import views as pool_views
from lianbing.papers.printing import models as printing_models
from lianbing.papers.printing import views as printing_views
from lianbing.papers.proofs import views as proof_views
from lianbing.papers.sealing import WrappingKey
from lianbing.papers.vault import use_wrapping_key
from lianbing.people import cli as people_commands
from lianbing.people import login, models
from lianbing.people import tasks as people_tasks
from lianbing.people import views as people_views
from lianbing.people.constraints import map_constraints
from lianbing.people.persons import upkeep_views as people_upkeep_views
from lianbing.practice import recording, slots
from lianbing.practice import start_views as practice_start_views
from lianbing.practice import tiles as practice_tiles
from lianbing.practice import views as practice_views
from lianbing.practice.answering import api as practice_api
from lianbing.practice.mastery import views as mastery_views
from lianbing.practice.mentoring import tasks as mentoring_tasks
from lianbing.practice.mentoring import views as mentoring_views
from lianbing.practice.mentoring.events import MentoringEnded
from lianbing.practice.offline import api as practice_offline_api
from lianbing.practice.offline import views as practice_offline_views
from lianbing.practice.rewards import bonuses, earning
from lianbing.practice.rewards import tasks as reward_tasks
from lianbing.practice.rewards.rate_cards import roll_names_at
from lianbing.practice.rewards.refusals import staying_off
from lianbing.practice.study import offers_after
from lianbing.qualifications import models as record_models
from lianbing.qualifications import views as passport_views
from lianbing.qualifications.mentoring import write_credits
from lianbing.qualifications.use_cases import write_records
from lianbing.subjects import models as subject_models
from lianbing.subjects import views as subject_views
from lianbing.training import views as training_views
from lianbing.training.classes import models as class_models
from lianbing.training.classes import roster_views as class_roster_views
from lianbing.training.classes import views as class_views
from lianbing.training.materials import models as study_models
from lianbing.training.materials import views as study_views
from lianbing.training.reading import models as reading_models
from lianbing.training.reading import views as reading_views
from lianbing.web import home, layout, preferences, styleguide, transport


def init_people(app: Flask) -> None:
    """Install the sign-in state before anything that asks who is there."""
    login.init_login(app)
    map_constraints()
    seating_constraints.map_constraints()


def init_papers(app: Flask, settings: Settings) -> None:
    """Tell the papers of this database which wrapping key they are sealed under."""
    with app.app_context():
        use_wrapping_key(db.engine, WrappingKey(settings.paper_key))


def register_blueprints(app: Flask, csrf: CSRFProtect) -> None:
    """Every feature's pages and APIs. ``csrf.exempt`` only for token-authenticated APIs."""
    app.register_blueprint(health.blueprint)
    app.register_blueprint(metrics_views.blueprint)
    app.register_blueprint(people_views.blueprint)
    app.register_blueprint(subject_views.blueprint)
    _register_banks(app)
    _register_papers(app)
    _register_training(app)
    _register_practice(app, csrf)
    app.register_blueprint(practice_offline_api.api)
    app.register_blueprint(practice_offline_views.pages)
    slots.register_panel(180, practice_offline_views.panel)
    app.register_blueprint(practice_api.api)
    csrf.exempt(practice_api.api)
    settings: Settings = app.extensions["lianbing_settings"]
    layout.install_navigation(app, navigation.NAVIGATION)
    app.register_blueprint(contest_pages.blueprint)
    home.register_panel(100, None, home_panels.next_exam)
    home.register_panel(300, {Role.ORGANISER}, home_panels.organiser_tasks)
    home.register_panel(320, {Role.ADMINISTRATOR}, people_upkeep_views.claims_panel)
    home.register_panel(110, None, contest_views.panel)
    app.register_blueprint(passport_views.blueprint)
    home.register_panel(210, None, passport_views.panel)
    app.register_blueprint(board_views.blueprint)
    app.register_blueprint(board_api.blueprint)
    app.register_blueprint(home.blueprint)
    app.register_blueprint(preferences.blueprint)
    app.register_blueprint(transport.blueprint)
    if styleguide.is_shown(settings):
        app.register_blueprint(styleguide.blueprint)
    _register_exams(app, csrf)


def _register_banks(app: Flask) -> None:
    own = (editor_views, review_views, round_views, import_views, export_views, finding_views)
    beside = (secrecy_views, new_bank_views, sharing_views, duplicates_views, source_views)
    for views in (*own, *beside, correction_views):
        app.register_blueprint(views.blueprint)
    home.register_panel(306, {Role.TRAINER}, correction_views.panel)
    home.register_panel(305, {Role.TRAINER}, review_views.panel)


def _register_papers(app: Flask) -> None:
    app.register_blueprint(blueprint_views.blueprint)
    for views in (opening_views, pool_views, assembly_views, proof_views, printing_views):
        app.register_blueprint(views.pages)
    app.register_blueprint(copy_views.blueprint)


def _register_training(app: Flask) -> None:
    own = (training_views, study_views, reading_views, class_views, class_roster_views)
    for views in own:
        app.register_blueprint(views.blueprint)
    slots.register_extra(10, offers_after)
    app.register_blueprint(mentoring_views.blueprint)
    slots.register_tile(90, mentoring_views.tile)


def _register_practice(app: Flask, csrf: CSRFProtect) -> None:
    app.register_blueprint(practice_views.blueprint)
    app.register_blueprint(practice_start_views.blueprint)
    home.register_panel(10, None, practice_views.panel)
    practice_together.register(app)
    slots.register_panel(20, practice_tiles.ten_of_the_bank)
    slots.register_tile(10, practice_tiles.sequential)
    app.register_blueprint(mastery_views.blueprint)
    slots.register_tile(5, mastery_views.tile)
    slots.register_tile(15, practice_tiles.at_random)
    slots.register_tile(20, practice_tiles.wrong_book)
    register_modes(app, csrf)


def _register_exams(app: Flask, csrf: CSRFProtect) -> None:
    app.register_blueprint(exams_views.pages)
    app.register_blueprint(shell_views.early)
    app.register_blueprint(offline_views.pages)
    app.register_blueprint(receipt_views.pages)
    app.register_blueprint(answer_file_views.pages)
    app.register_blueprint(manage_views.manage)
    app.register_blueprint(exams_api.api)
    csrf.exempt(exams_api.api)
    app.register_blueprint(fairness_api.api)
    csrf.exempt(fairness_api.api)
    app.register_blueprint(fairness_views.pages)
    app.register_blueprint(conduct_api.api)
    csrf.exempt(conduct_api.api)
    app.register_blueprint(conduct_views.pages)
    app.register_blueprint(invigilation_views.pages)
    app.register_blueprint(release_views.pages)
    app.register_blueprint(seb_views.pages)
    app.register_blueprint(trial_views.pages)
    app.register_blueprint(trial_api.api)
    csrf.exempt(trial_api.api)
    for views in (quiz_views, quiz_desk_views, quiz_follow_views):
        app.register_blueprint(views.pages)
    app.register_blueprint(quiz_api.api)
    csrf.exempt(quiz_api.api)
    home.register_panel(105, None, quiz_views.panel)
    quiz_outside.plug_in(staying_off=staying_off, roll_names=roll_names_at)
    seating = (deal_views, seat_views, room_views, sheet_views, ticket_views, make_up_views)
    for views in seating:
        app.register_blueprint(views.pages)


def register_subscriptions() -> None:
    """Who hears of which event. Names are stored with deliveries: never rename one."""
    outbox.subscribe(
        outbox.Subscription(
            name="qualifications.write_mentoring_credits",
            event=MentoringEnded,
            handler=write_credits,
        )
    )
    outbox.subscribe(
        outbox.Subscription(
            name="qualifications.write_records", event=ResultListPublished, handler=write_records
        )
    )
    outbox.subscribe(
        outbox.Subscription(name="practice.pay_quiz", event=QuizPointsDue, handler=bonuses.pay_quiz)
    )
    recording.subscribe("practice.rewards", earning.hear)


def register_tasks() -> None:
    """Every periodic task with its period in seconds and its queue."""
    tasks.register(
        tasks.PeriodicTask(name="practice.end_mentoring", run=mentoring_tasks.end_due, every=600)
    )
    tasks.register(tasks.PeriodicTask(name="deliver_outbox", run=outbox.deliver_due, every=5))
    tasks.register(
        tasks.PeriodicTask(name="people.refresh_tree", run=people_tasks.refresh_tree, every=300)
    )
    tasks.register(tasks.PeriodicTask(name="people.tidy", run=people_tasks.tidy, every=600))
    tasks.register(
        tasks.PeriodicTask(name="close_due", run=closing.close_due, every=2, queue="closing")
    )
    tasks.register(tasks.PeriodicTask(name="quizzes.close_due", run=quiz_tasks.close_due, every=10))
    tasks.register(tasks.PeriodicTask(name="quizzes.take_up", run=quiz_tasks.take_up_due, every=5))
    tasks.register(
        tasks.PeriodicTask(name="papers.list_released", run=paper_tasks.list_due, every=15)
    )
    tasks.register(
        tasks.PeriodicTask(
            name="papers.assemble", run=assembly_tasks.assemble_waiting, every=3, queue="imports"
        )
    )
    tasks.register(
        tasks.PeriodicTask(
            name="banks.tidy", run=import_tasks.tidy, every=6 * 3600, queue="imports"
        )
    )
    tasks.register(
        tasks.PeriodicTask(
            name="banks.import", run=import_tasks.work_waiting, every=3, queue="imports"
        )
    )
    tasks.register(
        tasks.PeriodicTask(
            name=seating_tasks.TASK, run=seating_tasks.deal_waiting, every=3, queue="imports"
        )
    )
    tasks.register(
        tasks.PeriodicTask(name="practice.take_up", run=reward_tasks.take_up_due, every=5)
    )
    tasks.register(tasks.PeriodicTask(name="project_boards", run=board_tasks.project_due, every=2))


def register_commands(group: Group) -> None:
    """Every feature's command group; one that needs the application says ``with_appcontext``."""
    group.add_command(bank_commands.banks_group)
    group.add_command(people_commands.people_group)
    group.add_command(receipt_commands.exams_group)
    group.add_command(paper_commands.papers_group)


TABLES = (
    audit.AuditEntry,
    outbox.OutboxEvent,
    models,
    board_models,
    contest_models,
    record_models,
    subject_models,
    bank_models,
    import_models,
    paper_models,
    pool_models,
    assembly_models,
    printing_models,
    study_models,
    reading_models,
    class_models,
)
"""Imported for their tables; migrations and tests see what is imported here and by the views."""
