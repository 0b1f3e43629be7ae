"""An open lesson: what its cells can do, and the account that they use."""

from __future__ import annotations

import contextlib
import html
import shutil
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from autograde import settings
from autograde.errors import HubRefused
from autograde.i18n.translation import messages, sentences
from autograde.secret import Secret
from autograde.session.own_account import ask_for_log_in, ask_for_token
from autograde.session.practice import PracticeAccount, known_account, open_account
from autograde.session.progress import CLONES, Progress, learner_progress
from autograde.session.upload_path import UploadPath, clone_state
from autograde.settings import PRIVATE
from autograde.widgets import predictions
from autograde.widgets.answers import Feedback, compare
from autograde.widgets.login import Identity, log_in, sign_commits_as, who_is
from autograde.widgets.predictions import Predictions
from autograde.widgets.question_bank import question

if TYPE_CHECKING:
    from autograde.widgets import PredictionForm, Quiz, StepSorter
    from autograde.widgets.hub_panel import HubPanel

_ = messages("widgets")


@dataclass(frozen=True)
class LessonAccount:
    """The account that you are logged in to.

    Attributes:
        name: the account's name.
        token_name: the token's name.
        role: the token's permission: ``"read"``, ``"write"`` or ``"fineGrained"``.
        practice: whether it is the practice account.
    """

    name: str
    token_name: str
    role: str
    practice: bool

    def __repr__(self) -> str:
        if self.practice:
            message = _(
                "You are working as the practice account {name}. To work under your own name, log in as in lesson 2.2."
            )
        else:
            message = _("You are logged in as {name}.")
        message = message.format(name=self.name)
        if self.role == "read":
            limits = _("Your token can only read. To create or upload, log in with a write token (lesson 2.2).")
            return sentences(message, limits)
        return message

    def _repr_html_(self) -> str:
        # Plain text would be wrapped in the middle of a word.
        return f"<p>{html.escape(repr(self))}</p>"


@dataclass(frozen=True)
class Lesson:
    """An open lesson.

    Attributes:
        section: of the tutorial, for example ``"2.2"``.
        endpoint: the Hub's URL, without a trailing slash.
        language: ``"en"`` or ``"zh"``.
        workspace: the folder with the lessons.
        home: the workspace's folder for token, cache and git configuration.
        instance: the Hub's id.
        temporary: whether ``workspace`` is a temporary folder, because the real one cannot be written to.
        forgotten: whether a saved token of another Hub was deleted.
        bare: whether the Hub lacks models of the gallery that the lesson needs.
        class_hub: whether the Hub belongs to a class, so that lessons use the learner's own account.
    """

    section: str
    endpoint: str
    language: str
    workspace: Path
    home: Path
    instance: str
    temporary: bool = False
    forgotten: bool = False
    bare: bool = False
    class_hub: bool = False

    @property
    def folder(self) -> Path:
        """This lesson's folder for clones and downloads; created if missing."""
        folder = self.workspace / CLONES / self.section
        folder.mkdir(parents=True, exist_ok=True)
        return folder

    def url(self, page: str = "/") -> str:
        """Return the URL of a page of the Hub for a browser, for example ``url("/settings/tokens")``."""
        return f"{settings.pages(self.endpoint)}/{page.lstrip('/')}"

    def sign_in(self) -> LessonAccount:
        """Return your account on the Hub; log in first if necessary.

        The log-in uses the practice account, or on a class Hub the log-in form.

        Raises:
            HubUnreachable: the Hub does not answer.
            LogInNeeded: on a class Hub, it is not possible to log in while the cell runs.
        """
        import huggingface_hub
        from huggingface_hub.utils import set_git_credential  # type: ignore[attr-defined]  # public, but not marked so

        if token := huggingface_hub.get_token():
            # The token may belong to a Hub that no longer exists.
            with contextlib.suppress(HubRefused):
                person = who_is(token)
                # The Hub's address may have changed, and git saves passwords by address.
                set_git_credential(token)
                sign_commits_as(person)
                return self._account(person)
        if not self.class_hub:
            # A Hub without sign-up is not necessarily a class Hub.
            with contextlib.suppress(HubRefused):
                return self._account(log_in(self._practice().token("write")))
        return self._account(ask_for_log_in(self.url("/settings/tokens")))

    def practice_token(self, role: str) -> Secret:
        """Create a token of the practice account with ``role`` ``"read"`` or ``"write"``.

        On a class Hub, ask for a token of your own account.

        Raises:
            HubRefused: the Hub does not create it, or refuses the one that was typed.
            LogInNeeded: on a class Hub, it is not possible to type while the cell runs.
        """
        if self.class_hub:
            return ask_for_token(role, self.url("/settings/tokens"))
        return self._practice().token(role)

    def progress(self) -> Progress:
        """Return your progress on the six steps, found on the Hub and in this workspace."""
        return learner_progress(self.workspace, self.home / "huggingface")

    def path(self, clone: Path, *, blanks: bool = False) -> UploadPath:
        """Return how far the model has come on its path to the Hub, as git reports it in the folder ``clone``.

        With ``blanks``, the map leaves out the names of the git commands that are still to come.
        """
        return replace(clone_state(clone), blanks=blanks)

    def predict(self, identity: str) -> PredictionForm | StepSorter:
        """Show a question to answer before running the code, or steps to sort; :meth:`compare` uses the answer.

        Raises:
            UnknownQuestion: there is no question with this id.
        """
        from autograde.widgets import PredictionForm, StepSorter

        asked = question(identity)
        if asked.kind == "order":
            return StepSorter(asked, self.section, self._predictions)
        return PredictionForm(asked, self._predictions, self.section)

    def compare(self, identity: str, value: object = None) -> Feedback:
        """Show your prediction next to the result, with an explanation.

        Args:
            identity: the question's id.
            value: the code's result, for an open question.

        Raises:
            UnknownQuestion: there is no question with this id.
        """
        asked = question(identity)
        return compare(asked, self._predictions.find(asked), value)

    def quiz(self, *identities: str) -> Quiz:
        """Show questions with answers to check; each wrong choice has an explanation.

        Raises:
            UnknownQuestion: there is no question with one of these ids.
        """
        from autograde.widgets import Quiz

        return Quiz([question(identity) for identity in identities], self.section)

    def fill(self, identity: str, given: object) -> str:
        """Check the word for a blank, show feedback, and return the right word so that the lesson can continue.

        Raises:
            UnknownQuestion: there is no question with this id.
        """
        from IPython.display import display

        from autograde.widgets.blanks import fill

        word, message = fill(question(identity), given)
        display(message)
        return word

    def panel(self, page: str = "/", title: str = "") -> HubPanel:
        """Show a page of the Hub next to the notebook, for example ``panel("/ada/mymodel04")``."""
        from autograde.widgets.hub_panel import HubPanel

        return HubPanel(self.url(page), title or page.strip("/") or _("Home"))

    @property
    def _predictions(self) -> Predictions:
        return Predictions(self.workspace / PRIVATE / predictions.FILE)

    def make_room_for(self, name: str) -> None:
        """Rename an existing folder ``name`` in :attr:`folder` to ``name-before``, so that ``name`` can be cloned.

        An older ``name-before`` is deleted, because each clone of the model takes 250 MB.
        """
        place, before = self.folder / name, self.folder / f"{name}-before"
        if place.exists():
            if before.exists():
                shutil.rmtree(before)
            place.rename(before)

    def _practice(self) -> PracticeAccount:
        return open_account(self.endpoint, self.home / "huggingface", self.instance)

    def _account(self, person: Identity) -> LessonAccount:
        practice = person.name == known_account(self.home / "huggingface", self.instance)
        return LessonAccount(person.name, person.token_name, person.role, practice)

    def __repr__(self) -> str:
        message = _("Lesson {section} is open. Your Hub: {endpoint}")
        lines = [message.format(section=self.section, endpoint=self.endpoint)]
        if self.temporary:
            text = _("This folder cannot be written to, so your work is kept in {folder} until the computer restarts.")
            lines.append(text.format(folder=self.workspace))
        if self.forgotten:
            lines.append(_("The saved token is not from this Hub, so you were logged out."))
        if self.bare:
            message = _(
                "This Hub doesn't have the six models that lesson {section} looks at. Cells that need them say so."
            )
            lines.append(message.format(section=self.section))
            lines.append(_("Ask your teacher to start it with `autograde hub serve --models`, or use `make learn`."))
        return "\n".join(lines)

    def _repr_html_(self) -> str:
        pages = {
            "/": _("Home"),
            "/join": _("Sign up"),
            "/login": _("Log in"),
            "/settings/tokens": _("Access tokens"),
            "/new": _("New model"),
        }
        links = " · ".join(
            f'<a href="{html.escape(self.url(page))}" target="_blank" rel="noopener">{html.escape(title)}</a>'
            for page, title in pages.items()
        )
        message = "<br>".join(html.escape(line) for line in repr(self).splitlines())
        heading = html.escape(_("Its pages:"))
        return f"<p>{message}<br>{sentences(heading, links)}</p>"
