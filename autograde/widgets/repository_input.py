"""The repository input: a name, checked while it is typed, and a new model repository on the Hub."""

from __future__ import annotations

from dataclasses import dataclass
from html import escape
from typing import Any

import ipywidgets

from autograde import settings
from autograde.errors import HubRefused, KitError
from autograde.hub import repository_name_problem
from autograde.i18n.translation import messages
from autograde.widgets.login import Identity, identity
from autograde.widgets.notes import note
from autograde.widgets.refusals import in_the_hubs_words

_ = messages("widgets")


@dataclass(frozen=True)
class Plan:
    """A repository that could be made.

    Attributes:
        owner: who it will belong to.
        name: without the owner.
        problem: the rule that the name breaks, as a sentence; None when it keeps them all.
    """

    owner: str
    name: str
    problem: str | None

    @property
    def repo_id(self) -> str:
        """Owner and name, as huggingface_hub takes them."""
        return f"{self.owner}/{self.name}"

    def url(self, endpoint: str) -> str:
        """The address of its page, which is also what git clones where no proxy stands between."""
        return f"{endpoint}/{self.repo_id}"

    def clone_command(self, endpoint: str) -> str:
        """What to type in a terminal to clone it."""
        return f"git clone {self.url(endpoint)}"


def plan(owner: str, name: str, language: str = "en") -> Plan:
    """What would be made for this owner and name, by the Hub's own rules for names."""
    return Plan(owner, name, repository_name_problem(name, language))


def logged_in() -> Identity:
    """Who is logged in, as the Hub says.

    Raises:
        HubRefused: nobody is, or the Hub does not accept the token.
        HubUnreachable: the Hub does not answer.
    """
    import huggingface_hub

    with in_the_hubs_words():
        return identity(huggingface_hub.whoami())


def is_free(repo_id: str) -> bool:
    """Whether there is no model of this name that you can see.

    Raises:
        HubRefused, HubUnreachable: the Hub says no, or nothing.
    """
    import huggingface_hub

    with in_the_hubs_words():
        return not huggingface_hub.repo_exists(repo_id)


def create(repo_id: str, *, private: bool) -> str:
    """Create a model repository; its URL.

    Raises:
        HubRefused: it exists already, or the token may not write; with the Hub's own reason.
        HubUnreachable: the Hub does not answer.
    """
    import huggingface_hub

    with in_the_hubs_words():
        return str(huggingface_hub.create_repo(repo_id, private=private))


class RepositoryInput(ipywidgets.VBox):
    """Owner, name and visibility of a new model, with what they will be on the Hub shown while you type.

    Attributes:
        name: the field for the name.
        visibility: public or private.
        button: creates the repository; disabled while the name cannot be used.
        preview: the URL and the clone command, or the rule that the name breaks.
        message: what came of it.
        repo_id: the repository that was created by this form; None until one is.
    """

    def __init__(self, name: str = "") -> None:
        """``name`` is what the field shows at first."""
        described = {"style": {"description_width": "initial"}}
        self.repo_id: str | None = None
        self._owner = ""
        self._owner_label = ipywidgets.HTML()
        self.name = ipywidgets.Text(
            value=name, description=_("Model name:"), placeholder="mymodel04", layout={"width": "26em"}, **described
        )
        self.visibility = ipywidgets.ToggleButtons(
            options=[(_("Public"), False), (_("Private"), True)],
            description=_("Visibility:"),
            tooltips=[_("Everybody can see and download it."), _("Only you can see it.")],
            **described,
        )
        self.button = ipywidgets.Button(description=_("Create model"), button_style="primary", icon="plus")
        self.preview, self.message = ipywidgets.HTML(), ipywidgets.HTML()
        self.name.observe(self._typed, names="value")
        self.button.on_click(self._submit)
        super().__init__(
            [
                ipywidgets.HBox([self._owner_label, self.name]),
                self.visibility,
                self.preview,
                self.button,
                self.message,
            ]
        )
        self.refresh()

    def refresh(self) -> None:
        """Ask the Hub again who is logged in, and look at the name again."""
        try:
            self._owner, self.message.value = logged_in().name, ""
        except KitError as error:
            self._owner = ""
            self.message.value = note("refused", error.what, error.fix)
        label, owner = _("Owner:"), escape(self._owner or "–")
        self._owner_label.value = f"<span>{escape(label)} <b>{owner}</b> /&nbsp;</span>"
        self._preview()

    def create(self) -> str:
        """Create the repository without the button; its id.

        Raises:
            HubRefused: the name breaks a rule, the repository exists, nobody is logged in, or the token may not write.
            HubUnreachable: the Hub does not answer.
        """
        wanted = self._plan()
        if not self._owner:
            self._owner = logged_in().name
            wanted = self._plan()
        if wanted.problem:
            raise HubRefused(wanted.problem)
        create(wanted.repo_id, private=bool(self.visibility.value))
        self.repo_id = wanted.repo_id
        return self.repo_id

    def _plan(self) -> Plan:
        return plan(self._owner, self.name.value.strip(), settings.language())

    def _typed(self, _change: Any) -> None:
        # Somebody may have logged in since the form was shown.
        if self._owner:
            self._preview()
        else:
            self.refresh()

    def _preview(self) -> None:
        wanted, endpoint = self._plan(), settings.endpoint() or ""
        self.button.disabled = bool(wanted.problem) or not self._owner
        if not self._owner:
            self.preview.value = ""
        elif wanted.problem:
            self.preview.value = note("hint" if not wanted.name else "refused", wanted.problem)
        else:
            self.preview.value = self._availability(wanted, endpoint)

    def _availability(self, wanted: Plan, endpoint: str) -> str:
        try:
            free = is_free(wanted.repo_id)
        except KitError as error:
            return note("refused", error.what, error.fix)
        said = _("The name is free.") if free else _("You have a model of this name already.")
        self.button.disabled = not free
        return note(
            "hint" if free else "refused", said, wanted.url(settings.pages(endpoint)), wanted.clone_command(endpoint)
        )

    def _submit(self, _button: Any = None) -> None:
        self.message.value = note("busy", _("Asking the Hub …"))
        try:
            repo_id = self.create()
        except KitError as error:
            self.message.value = note("refused", error.what, error.fix)
            return
        url = f"{settings.pages(settings.endpoint() or '')}/{repo_id}"
        self._preview()
        self.message.value = note("done", _("{name} was created.").format(name=repo_id), link=(url, url))
