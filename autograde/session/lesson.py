"""The first cell of a lesson: find a Hub or start one, and point this process at it.

After ``open_lesson("2.2")`` everything that a learner runs is unmodified git, huggingface_hub and transformers. Nothing
here reads or writes the person's own token, cache or git configuration, and no Hub but one of this kit is talked to.
"""

from __future__ import annotations

import atexit
import contextlib
import html
import json
import os
import shutil
import sys
import tempfile
import time
import urllib.error
import urllib.request
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from autograde import settings
from autograde.errors import FolderUnusable, HubRefused, HubUnreachable, RestartNeeded
from autograde.files import private_folder
from autograde.hub import client_environment
from autograde.i18n.translation import messages
from autograde.secret import Secret
from autograde.session import missing_names, warm_up
from autograde.session.health import ask, healthz
from autograde.session.languages import workspace_language
from autograde.session.learn import only_one, read_ports, start_hub, write_ports
from autograde.session.moved_hub import redirect
from autograde.session.practice import PracticeAccount, known_account, open_account
from autograde.session.progress import CLONES, Progress, look_around
from autograde.settings import PRIVATE
from autograde.widgets import predictions
from autograde.widgets.answers import Said, compare
from autograde.widgets.login import Identity, log_in, sign_commits_as, who_is
from autograde.widgets.predictions import Predictions
from autograde.widgets.question_bank import question

if TYPE_CHECKING:
    from autograde.widgets import PredictionForm, Quiz, StepSorter
    from autograde.widgets.hub_panel import HubPanel

_ = messages("widgets")

#: Where the notebook lies: a kernel starts there, and the first cell runs before anything changes folder.
_START = Path.cwd()

#: The lessons that look at the models of the gallery.
_GALLERY_LESSONS = ("0", "1")

#: Longest time in seconds to wait for a Hub that somebody else is starting.
START_SECONDS = 10


@dataclass(frozen=True)
class Account:
    """Who the Hub says you are.

    Attributes:
        name: the account's name.
        token_name: what its token is called.
        role: what the token may do: ``"read"``, ``"write"`` or ``"fineGrained"``.
        practice: whether it is the practice account.
    """

    name: str
    token_name: str
    role: str
    practice: bool

    def __repr__(self) -> str:
        if self.practice:
            said = _(
                "You are working as the practice account {name}; log in in lesson 2.2 to work under your own name."
            )
        else:
            said = _("You are logged in as {name}.")
        said = said.format(name=self.name)
        if self.role == "read":
            said += " " + _("Your token may only read: to create or upload, log in with a write token (lesson 2.2).")
        return said


@dataclass(frozen=True)
class Lesson:
    """An open lesson.

    Attributes:
        section: of the tutorial, for example ``"2.2"``.
        endpoint: the Hub's URL, without a trailing slash.
        language: ``"en"`` or ``"zh"``.
        workspace: the folder that holds the lessons.
        home: where this workspace keeps token, cache and git configuration.
        instance: what the Hub calls itself.
        temporary: whether the workspace could not be written to, so that a temporary folder stands in for it.
        forgotten: whether a token was saved here that this Hub does not know, so that nobody is logged in now.
        bare: whether the lesson looks at the models of the gallery, and this Hub does not have them.
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

    @property
    def folder(self) -> Path:
        """This lesson's folder for clones and downloads, made when missing."""
        folder = self.workspace / CLONES / self.section
        folder.mkdir(parents=True, exist_ok=True)
        return folder

    def url(self, page: str = "/") -> str:
        """Where a browser finds a page of the Hub, for example ``url("/settings/tokens")``."""
        return f"{settings.pages(self.endpoint)}/{page.lstrip('/')}"

    def sign_in(self) -> Account:
        """Who you are on the Hub: your own log-in, or the practice account when nobody is logged in.

        Raises:
            HubUnreachable: the Hub does not answer.
            HubRefused: the Hub accepts no new account.
        """
        import huggingface_hub
        from huggingface_hub.utils import set_git_credential  # type: ignore[attr-defined]  # public, but not marked so

        if token := huggingface_hub.get_token():
            # A token of a Hub that is gone: nobody is logged in.
            with contextlib.suppress(HubRefused):
                person = who_is(token)
                # The same Hub may have come back at another address, and git keeps its passwords by address.
                set_git_credential(token)
                sign_commits_as(person)
                return self._account(person)
        return self._account(log_in(self._practice().token("write")))

    def practice_token(self, role: str) -> Secret:
        """A new token of the practice account with ``role`` ``"read"`` or ``"write"``, for you to try things with.

        Raises:
            HubRefused: the Hub does not make such a token.
        """
        return self._practice().token(role)

    def progress(self) -> Progress:
        """How far you have come on the six steps, as the Hub and this workspace show it."""
        return look_around(self.workspace, self.home / "huggingface")

    def predict(self, identity: str) -> PredictionForm | StepSorter:
        """A question to answer before the code is run, or steps to sort; the answer is kept for :meth:`compare`.

        Raises:
            UnknownQuestion: there is no question of this id.
        """
        from autograde.widgets import PredictionForm, StepSorter

        asked = question(identity)
        if asked.kind == "order":
            return StepSorter(asked, self.section, self._predictions)
        return PredictionForm(asked, self._predictions, self.section)

    def compare(self, identity: str, value: object = None) -> Said:
        """What you predicted beside what happened, and why.

        Args:
            identity: the question's id.
            value: what the code found; an open question is compared with it.

        Raises:
            UnknownQuestion: there is no question of this id.
        """
        asked = question(identity)
        return compare(asked, self._predictions.find(asked), value)

    def quiz(self, *identities: str) -> Quiz:
        """Questions to answer and check, each wrong choice with its reason.

        Raises:
            UnknownQuestion: there is no question of one of these ids.
        """
        from autograde.widgets import Quiz

        return Quiz([question(identity) for identity in identities], self.section)

    def fill(self, identity: str, given: object) -> str:
        """The word that belongs into a blank. Says whether ``given`` is it; the lesson goes on with the right one.

        Raises:
            UnknownQuestion: there is no question of this id.
        """
        from IPython.display import display

        from autograde.widgets.blanks import fill

        word, said = fill(question(identity), given)
        display(said)
        return word

    def panel(self, page: str = "/", title: str = "") -> HubPanel:
        """A page of the Hub beside the notebook, for example ``panel("/ada/mymodel04")``."""
        from autograde.widgets.hub_panel import HubPanel

        return HubPanel(self.url(page), title or page.strip("/") or _("Home"))

    @property
    def _predictions(self) -> Predictions:
        return Predictions(self.workspace / PRIVATE / predictions.FILE)

    def make_room_for(self, name: str) -> None:
        """Let ``name`` be cloned into :attr:`folder`: an older folder of that name is renamed ``name-before``.

        The one that was called ``name-before`` until now is deleted: every clone of the model takes 250 MB.
        """
        place, before = self.folder / name, self.folder / f"{name}-before"
        if place.exists():
            if before.exists():
                shutil.rmtree(before)
            place.rename(before)

    def _practice(self) -> PracticeAccount:
        return open_account(self.endpoint, self.home / "huggingface", self.instance)

    def _account(self, person: Identity) -> Account:
        practice = person.name == known_account(self.home / "huggingface", self.instance)
        return Account(person.name, person.token_name, person.role, practice)

    def __repr__(self) -> str:
        said = _("Lesson {section} is open. Your Hub: {endpoint}")
        lines = [said.format(section=self.section, endpoint=self.endpoint)]
        if self.temporary:
            said = _("This folder cannot be written to: your work is kept in {folder} until the computer restarts.")
            lines.append(said.format(folder=self.workspace))
        if self.forgotten:
            lines.append(_("The token that was saved here is none of this Hub's, so you were logged out."))
        if self.bare:
            said = _("This Hub doesn't have the six models that lesson {section} looks at, so some cells will fail.")
            lines.append(said.format(section=self.section))
            lines.append(_("Ask your instructor to start it with `autograde hub serve --models`, or use `make learn`."))
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
        said = "<br>".join(html.escape(line) for line in repr(self).splitlines())
        heading = html.escape(_("Its pages:"))
        return f"<p>{said}<br>{heading} {links}</p>"


def open_lesson(section: str) -> Lesson:
    """Open the lesson about ``section`` of the tutorial: the first code cell of its notebook.

    It uses the Hub behind ``HF_ENDPOINT`` when that is one of this kit (``autograde learn``, a class Hub). In plain
    JupyterLab, VS Code or ``nbconvert --execute`` it starts one in this process, and keeps its data in ``.autograde``
    beside the notebook. Running it again is harmless.

    Raises:
        HubUnreachable: this process was started for a Hub that no longer answers.
        RestartNeeded: huggingface_hub is imported already, and points elsewhere.
    """
    workspace, temporary = _workspace()
    environment = settings.environment()
    home = _client_home(environment)
    endpoint = settings.endpoint()
    answer = healthz(endpoint) if endpoint else None
    if answer is None or endpoint is None:
        if endpoint and home:
            raise _unreachable(endpoint)
        endpoint, answer = _local_hub(workspace)
    # A home that the kit gave is kept; a person's own is never used.
    home = home or workspace / PRIVATE
    variables = client_environment(endpoint, home)
    # The kernel of an editor is often started by its path: `hf` lies beside it, and nobody told the shell.
    scripts = str(Path(sys.executable).parent)
    if scripts not in variables.get("PATH", "").split(os.pathsep):
        variables["PATH"] = os.pathsep.join(filter(None, [scripts, variables.get("PATH", "")]))
    # The tutorial signs its commit with $USER, which containers often lack.
    variables.setdefault("USER", "learner")
    if language := workspace_language(workspace):
        # The notebooks here are in this language, whatever the language of the editor that opened them.
        variables.setdefault("AUTOGRADE_LANGUAGE", language)
    _check_not_too_late(variables)
    settings.set_environment(variables)
    missing_names.install()
    forgotten = _forget_foreign_token(endpoint, Path(variables["HF_HOME"]) / "token")
    if section in warm_up.SECTIONS:
        warm_up.start()
    return Lesson(
        section=section,
        endpoint=endpoint,
        language=settings.language(),
        workspace=workspace,
        home=home,
        instance=str(answer.get("instance") or endpoint),
        temporary=temporary,
        forgotten=forgotten,
        bare=section in _GALLERY_LESSONS and _lacks_gallery(endpoint),
    )


def _forget_foreign_token(endpoint: str, path: Path) -> bool:
    """Log out when the saved token is none of this Hub's (its data are gone, or it is another Hub); whether it was.

    With such a token even public pages are refused, as on huggingface.co.
    """
    try:
        token = path.read_text(encoding="utf-8").strip()
        headers = {"Authorization": f"Bearer {token}"}
        with ask(urllib.request.Request(f"{endpoint}/api/whoami-v2", headers=headers)):  # noqa: S310 - see above
            return False
    except urllib.error.HTTPError as error:
        if error.code != 401:
            return False
    except OSError:
        return False
    path.unlink(missing_ok=True)
    return True


def _lacks_gallery(endpoint: str) -> bool:
    """Whether the Hub has none of the gallery's models, as a class Hub that was started without them."""
    try:
        with ask(urllib.request.Request(f"{endpoint}/api/models?author=gallery&limit=1")) as answer:  # noqa: S310
            return not json.load(answer)
    except (OSError, ValueError):
        return False


def _unreachable(endpoint: str) -> HubUnreachable:
    return HubUnreachable(
        _("No Hub answers at {endpoint}.").format(endpoint=endpoint),
        _("Start it again with `make learn`, then choose Kernel > Restart and run the first cell."),
    )


def _client_home(environment: dict[str, str]) -> Path | None:
    """The client home in an environment that the kit made; None when the environment is a person's own."""
    gitconfig = environment.get("GIT_CONFIG_GLOBAL", "")
    home = Path(gitconfig).parent
    if gitconfig and Path(environment.get("HF_HOME", "")) == home / "huggingface":
        return home
    return None


def _workspace() -> tuple[Path, bool]:
    """The folder of the lessons, or a temporary one when that cannot be written to; and whether it is temporary."""
    private = _START / PRIVATE
    try:
        private_folder(private)
        with tempfile.TemporaryFile(dir=private):
            return _START, False
    except OSError:
        folder = Path(tempfile.gettempdir()) / f"autograde-{Path.home().name}"
        try:
            private_folder(folder, owned=True)
        except FolderUnusable:
            # Everybody may make folders there: one of this name may be waiting for our tokens.
            folder = Path(tempfile.mkdtemp(prefix="autograde-"))
        private_folder(folder / PRIVATE)
        return folder, True


def _local_hub(workspace: Path) -> tuple[str, dict[str, Any]]:
    """The Hub of a workspace that was opened without ``autograde learn``: it runs already, or is started here."""
    private = workspace / PRIVATE
    if found := _running_hub(private):
        return found
    opened = contextlib.ExitStack()
    try:
        announce = opened.enter_context(only_one(private))
    except FolderUnusable:
        # Another notebook, or `autograde learn`, is starting it this very moment.
        deadline = time.monotonic() + START_SECONDS
        while time.monotonic() < deadline:
            if found := _running_hub(private):
                return found
            time.sleep(0.1)
        raise
    ports = read_ports(private)
    hub = start_hub(private, ports, say=lambda _line: None)
    atexit.register(opened.close)
    opened.callback(hub.stop)
    announce(hub.endpoint)
    write_ports(private, ports)
    if ports["hub"][1:]:
        redirect(private, ports["hub"][0], ports["hub"][1:], client_environment(hub.endpoint, private))
    answer = healthz(hub.endpoint)
    if answer is None:
        raise _unreachable(hub.endpoint)
    return hub.endpoint, answer


def _running_hub(private: Path) -> tuple[str, dict[str, Any]] | None:
    """The workspace's Hub, when it runs: the one on the port of last time, if its data are this workspace's."""
    try:
        instance = json.loads((private / "hub" / "instance.json").read_text(encoding="utf-8"))["id"]
    except (OSError, ValueError, KeyError, TypeError):
        return None
    for port in read_ports(private)["hub"][:1]:
        endpoint = f"http://127.0.0.1:{port}"
        answer = healthz(endpoint)
        if answer and answer.get("instance") == instance:
            return endpoint, answer
    return None


def _check_not_too_late(variables: dict[str, str]) -> None:
    """huggingface_hub reads its settings once, when it is imported."""
    constants = sys.modules.get("huggingface_hub.constants")
    if constants is None:
        return
    wanted = (variables["HF_ENDPOINT"], variables["HF_HOME"])
    if wanted != (constants.ENDPOINT, constants.HF_HOME):
        raise RestartNeeded(
            _("huggingface_hub is imported already and talks to {endpoint}.").format(endpoint=constants.ENDPOINT),
            _("Choose Kernel > Restart, then run this cell before any other."),
        )
