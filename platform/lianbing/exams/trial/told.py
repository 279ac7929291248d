"""The words of a trial: what a problem is, what to do about it, and what is in order."""

from dataclasses import dataclass

from flask_babel import gettext

from lianbing.exams.trial.rules import GRAVE, Problem
from lianbing.kernel.errors import N_

WORDS: dict[Problem, tuple[str, str]] = {
    Problem.BROWSER_OLD: (
        N_("The browser is too old"),
        N_("Update it, or open the exam in a newer browser or in WeChat. Then try again."),
    ),
    Problem.NOTHING_KEPT: (
        N_("This device keeps nothing"),
        N_(
            "Answers could be lost when the network fails. Leave private browsing, allow this "
            "site to store data, free some space, or take another device."
        ),
    ),
    Problem.NO_INDEXED_DB: (
        N_("The browser's database does not work"),
        N_(
            "Answers are kept in a smaller store instead. It is enough for an exam; without "
            "private browsing it usually works."
        ),
    ),
    Problem.SAVES_FAILED: (
        N_("Some answers did not get through at once"),
        N_(
            "They were sent again. Try where you will sit the exam, close to the wireless access "
            "point, or with mobile data."
        ),
    ),
    Problem.NOTHING_SAVED: (
        N_("No answer was saved"),
        N_(
            "Open the trial sitting again and answer at least one question. If it stays like "
            "this, change the network or the device and call the organiser."
        ),
    ),
    Problem.SLOW_NETWORK: (
        N_("The network is slow"),
        N_(
            "Answers are kept on the device and sent when it works, but do not sit the exam like "
            "this. Change the network and try again."
        ),
    ),
    Problem.OUTSIDE_NETWORK: (
        N_("Not the exam room's network"),
        N_(
            "This exam can only be entered from the exam room's network. From where you are now "
            "you will not get in."
        ),
    ),
    Problem.NOT_SECURE: (
        N_("The connection is not encrypted"),
        N_(
            "Reopening the page without a network and the answer file will not be there. Open "
            "the address with https:// if the organiser gave you one."
        ),
    ),
    Problem.NO_UNSEALING: (
        N_("The browser cannot open the paper early"),
        N_("The paper will be fetched at the opening instead, which may take longer."),
    ),
    Problem.NO_OFFLINE_RELOAD: (
        N_("The page cannot be reopened without a network"),
        N_("Do not close or reload the exam page when the network fails; keep it open."),
    ),
    Problem.NO_FULL_SCREEN: (
        N_("Full screen is not possible"),
        N_(
            "The rules of this exam want full screen. Take a computer or another browser, or ask "
            "the organiser."
        ),
    ),
    Problem.SMALL_SCREEN: (
        N_("The screen is very narrow"),
        N_("Questions fit from 320 px on. Turn the device or make the window wider."),
    ),
    Problem.CLOCK_OFF: (
        N_("The device's clock is wrong"),
        N_("It does no harm: the exam goes by the server's clock. Look only at the page's clock."),
    ),
}


@dataclass(frozen=True, kw_only=True, slots=True)
class ProblemWords:
    """A problem in plain words, and what to do."""

    title: str
    advice: str
    is_grave: bool


def problem_words(problem: Problem) -> ProblemWords:
    """A problem's words in the reader's language."""
    title, advice = WORDS[problem]
    return ProblemWords(title=gettext(title), advice=gettext(advice), is_grave=problem in GRAVE)
