"""Exceptions for users of the kit.

Each has two sentences: what happened, with the offending value, and what to do next. The command line and the widgets
show ``str(error)`` without a traceback.
"""

from __future__ import annotations


class KitError(Exception):
    """An error that a user can do something about.

    Attributes:
        what: what happened, with the offending value, in a sentence.
        fix: what to do next, as a sentence or command; may be empty.
    """

    def __init__(self, what: str, fix: str = "") -> None:
        super().__init__(f"{what} {fix}".strip())
        self.what = what
        self.fix = fix

    def _render_traceback_(self) -> list[str]:
        """Return the lines that IPython shows in place of a traceback."""
        return [line for line in (self.what, self.fix) if line]


class MissingTool(KitError):
    """A program that the kit needs (git, git-lfs, chromium) is not installed."""


class MissingExtra(KitError):
    """A Python package that belongs to an optional part of the installation is not installed."""


class SetUpFailed(KitError):
    """The virtual environment or a system package could not be installed."""


class DemoFailed(KitError):
    """The result of a step of the demo differs from the tutorial."""


class PortInUse(KitError):
    """Another program uses the port."""


class CannotListen(KitError):
    """A server cannot use an address or a port of this machine."""


class FolderUnusable(KitError):
    """A folder cannot be written to, or its disk is full."""


class HubRunning(FolderUnusable):
    """A Hub's data folder is in use by a running Hub."""


class HubUnreachable(KitError):
    """No Hub answers at the given address."""


class HubRefused(KitError):
    """The Hub refused a request; ``what`` is its message."""


class RestartNeeded(KitError):
    """A library read its settings before the kit could set them; the kernel must be restarted."""


class NoAttention(KitError):
    """A model returns no attention weights."""


class RefereeUnreachable(KitError):
    """The judging side does not answer, or its connection broke."""


class SolutionWithheld(KitError):
    """Solutions are not available here.

    Attributes:
        until: the first day on which solutions are shown, as ``2026-12-24``; ``"off"``: the instructor has switched
            them off; empty: this is a graded run.
    """

    def __init__(self, what: str, fix: str = "", *, until: str = "") -> None:
        super().__init__(what, fix)
        self.until = until


class GradedLater(KitError):
    """A notebook asks for hidden cases outside its graded cells."""


class SandboxUnavailable(KitError):
    """This system cannot isolate learners' processes."""


class UnusableArchive(KitError):
    """A download from a learning platform cannot be read, or would be overwritten."""


class UnusableNotebook(KitError):
    """A notebook cannot be read, or breaks a rule of the kit's notebooks."""


class GradingFailed(KitError):
    """A grading run could not be completed."""


class MalformedEvidence(KitError):
    """Data from a learner's process do not have the expected format, or are too large."""


class UnknownQuestion(KitError):
    """A notebook uses an exercise or a question that this version of the kit does not have."""


class UnknownLesson(KitError):
    """The course has no lesson or exercise for this section."""


class LogInNeeded(KitError):
    """A lesson needs the learner's own account, but there is no log-in."""


class NotReady(KitError):
    """A notebook cannot be handed in yet."""


class UnknownAttribute(UnknownQuestion, AttributeError):
    """An exercise has no question with this name."""


class UnknownLanguage(KitError):
    """The course does not exist in this language."""


class UnusableQuestions(KitError):
    """A file with a lesson's questions or a package of exercise questions cannot be read or breaks a rule."""
