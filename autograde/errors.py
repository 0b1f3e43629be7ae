"""Every exception that the kit raises for a person to read.

Each carries two sentences: what happened (with the value that was refused) and what to do next.
One place raises, one place prints: the command line and the widgets show ``str(error)``, never a traceback.
"""

from __future__ import annotations


class KitError(Exception):
    """Something that a person can put right.

    Attributes:
        what: one sentence, what happened and with which value.
        fix: one sentence or command, what to do next. Empty when nothing can be done here.
    """

    def __init__(self, what: str, fix: str = "") -> None:
        super().__init__(f"{what} {fix}".strip())
        self.what = what
        self.fix = fix

    def _render_traceback_(self) -> list[str]:
        """What a notebook shows when a cell ends with this error: IPython prints these lines and no traceback."""
        return [line for line in (self.what, self.fix) if line]


class MissingTool(KitError):
    """A program that the kit needs (git, git-lfs, bubblewrap, chromium) is not on this machine."""


class MissingExtra(KitError):
    """A Python package that belongs to an optional part of the installation is not installed."""


class SetUpFailed(KitError):
    """The virtual environment or a system package could not be installed."""


class DemoFailed(KitError):
    """A step of the demo did not do what the tutorial says."""


class PortInUse(KitError):
    """The port that was asked for belongs to another program."""


class FolderUnusable(KitError):
    """A folder cannot be written to, or its disk is full."""


class HubUnreachable(KitError):
    """No Hub answers at the endpoint."""


class HubRefused(KitError):
    """The Hub answered and said no; ``what`` is the Hub's own sentence."""


class RestartNeeded(KitError):
    """A kernel read its settings before the kit could set them; only a restart reads them again."""


class NoAttention(KitError):
    """A model keeps no attention weights, so that there is nothing to show."""


class RefereeUnreachable(KitError):
    """The judging side does not answer, or its connection broke."""


class SolutionWithheld(KitError):
    """This judging side gives no solutions away."""


class UnusableArchive(KitError):
    """A download from a learning platform cannot be read."""


class UnusableNotebook(KitError):
    """A notebook cannot be read, or breaks a rule of the kit's notebooks."""


class GradingFailed(KitError):
    """A grading run could not be completed."""


class MalformedEvidence(KitError):
    """What a learner's process sent is not of the judge's grammar, or is larger than it allows."""


class UnknownQuestion(KitError):
    """A notebook asks for an exercise or a question that this version of the kit does not have."""


class UnknownLesson(KitError):
    """The course has no lesson and no exercise of the section that was named."""


class NotReady(KitError):
    """A notebook cannot be handed in as it is."""


class UnknownAttribute(UnknownQuestion, AttributeError):
    """An exercise has no question of the name that was written after the dot."""


class UnknownLanguage(KitError):
    """The course does not exist in the language that was asked for."""


class UnusableQuestions(KitError):
    """Questions cannot be read: a lesson's file, or a package of exercise questions breaks a rule."""
