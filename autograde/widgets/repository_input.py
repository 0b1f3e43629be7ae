"""The repository input: a form for owner, name, licence and visibility of a new model, checked while typing."""

from __future__ import annotations

from dataclasses import dataclass
from html import escape
from typing import Any

import ipywidgets

from autograde import settings
from autograde.errors import HubRefused, KitError
from autograde.hub import repository_name_problem
from autograde.i18n.translation import messages
from autograde.widgets.notes import note, refusal
from autograde.widgets.refusals import in_the_hubs_words

_ = messages("widgets")

#: Licences to choose from, as written in a model card. The Hub's page has many more.
LICENSES = ("apache-2.0", "mit", "cc-by-4.0", "cc-by-sa-4.0", "cc-by-nc-4.0", "openrail", "other")


@dataclass(frozen=True)
class NewRepository:
    """A repository to create.

    Attributes:
        owner: its owner.
        name: its name without the owner.
        problem: why the name is not allowed, in a sentence; None if it is allowed.
    """

    owner: str
    name: str
    problem: str | None

    @property
    def repo_id(self) -> str:
        """Owner and name, as used by huggingface_hub."""
        return f"{self.owner}/{self.name}"

    def url(self, endpoint: str) -> str:
        """Return the URL of its page, which is also its clone URL if there is no proxy."""
        return f"{endpoint}/{self.repo_id}"

    def clone_command(self, endpoint: str) -> str:
        """Return the command that clones it."""
        return f"git clone {self.url(endpoint)}"


def plan(owner: str, name: str, language: str = "en") -> NewRepository:
    """Return the plan for this owner and name, checked against the Hub's rules for names."""
    return NewRepository(owner, name, repository_name_problem(name, language))


def owners() -> list[str]:
    """Return the possible owners of a new model: the logged-in account and its organisations.

    Raises:
        HubRefused: there is no log-in, or the Hub does not accept the token.
        HubUnreachable: the Hub does not answer.
    """
    import huggingface_hub

    with in_the_hubs_words():
        who = huggingface_hub.whoami()
    return [str(who["name"]), *(str(each["name"]) for each in who.get("orgs") or [])]


def is_free(repo_id: str) -> bool:
    """Return whether no model with this name is visible to you.

    Raises:
        HubRefused: the Hub refuses the request.
        HubUnreachable: the Hub does not answer.
    """
    import huggingface_hub

    with in_the_hubs_words():
        return not huggingface_hub.repo_exists(repo_id)


def create(repo_id: str, *, private: bool, license: str = "") -> str:
    """Create a model repository with ``license`` in its card, if given; return its URL.

    Raises:
        HubRefused: it already exists, or the token cannot write; includes the Hub's reason.
        HubUnreachable: the Hub does not answer.
    """
    import huggingface_hub

    with in_the_hubs_words():
        url = str(huggingface_hub.create_repo(repo_id, private=private))
        if license:
            huggingface_hub.upload_file(
                path_or_fileobj=f"---\nlicense: {license}\n---\n".encode(),
                path_in_repo="README.md",
                repo_id=repo_id,
                commit_message="Add the license",
            )
    return url


class RepositoryInput(ipywidgets.VBox):
    """A form for a new model, with a preview of its URL while you type.

    Attributes:
        owner: the list of owners: you and your organisations.
        name: the field for the name.
        license: the list of licences; an empty value means "later".
        visibility: public or private.
        button: creates the repository; disabled while the name is not allowed.
        preview: the URL and the clone command, or the problem with the name.
        message: the result.
        repo_id: the repository that this form created; None before that.
    """

    def __init__(self, name: str = "") -> None:
        """Create the form with ``name`` in its field."""
        described = {"style": {"description_width": "7em"}}
        wide = {"width": "32em", "max_width": "100%"}
        self.repo_id: str | None = None
        self.owner = ipywidgets.Dropdown(description=_("Owner:"), layout=wide, **described)
        self.name = ipywidgets.Text(
            value=name, description=_("Model name:"), placeholder="mymodel04", layout=wide, **described
        )
        self.license = ipywidgets.Dropdown(
            options=[(_("choose later"), ""), *((each, each) for each in LICENSES)],
            description=_("License:"),
            layout=wide,
            **described,
        )
        self.visibility = ipywidgets.ToggleButtons(
            options=[(_("Public"), False), (_("Private"), True)],
            tooltips=[_("Anyone can see and download it."), _("Only you can see it.")],
            style={"button_width": "9em"},
        )
        # The buttons' own description would take a separate line above them.
        visibility = ipywidgets.HBox(
            [
                ipywidgets.HTML(
                    f'<div style="text-align: right">{escape(_("Visibility:"))}</div>',
                    layout={"width": "7em", "margin": "2px 8px 2px 2px"},
                ),
                self.visibility,
            ]
        )
        self.button = ipywidgets.Button(description=_("Create model"), button_style="primary", icon="plus")
        self.preview, self.message = ipywidgets.HTML(), ipywidgets.HTML()
        self.name.observe(self._typed, names="value")
        self.owner.observe(self._typed, names="value")
        self.button.on_click(self._submit)
        super().__init__([self.owner, self.name, self.license, visibility, self.preview, self.button, self.message])
        self.refresh()

    def refresh(self) -> None:
        """Ask the Hub again who is logged in, and check the name again."""
        try:
            self._choose_from(owners())
            self.message.value = ""
        except KitError as error:
            self._choose_from([])
            self.message.value = refusal(error)
        self._preview()

    def _choose_from(self, names: list[str]) -> None:
        """Offer these owners; keep the chosen one if it is still among them."""
        kept = self.owner.value
        self.owner.unobserve(self._typed, names="value")
        self.owner.options = names
        self.owner.value = kept if kept in names else next(iter(names), None)
        self.owner.observe(self._typed, names="value")

    def create(self) -> str:
        """Create the repository from code; return its id.

        Raises:
            HubRefused: the name is not allowed or taken, there is no log-in, or the token cannot write.
            HubUnreachable: the Hub does not answer.
        """
        if not self.owner.value:
            self._choose_from(owners())
        wanted = self._plan()
        if wanted.problem:
            raise HubRefused(wanted.problem)
        create(wanted.repo_id, private=bool(self.visibility.value), license=self.license.value)
        self.repo_id = wanted.repo_id
        return self.repo_id

    def _plan(self) -> NewRepository:
        return plan(self.owner.value or "", self.name.value.strip(), settings.language())

    def _typed(self, _change: Any) -> None:
        # The message was about the previous name.
        self.message.value = ""
        # The learner may have logged in since the form was shown.
        if self.owner.value:
            self._preview()
        else:
            self.refresh()

    def _preview(self) -> None:
        wanted = self._plan()
        self.button.disabled = bool(wanted.problem) or not wanted.owner
        if not wanted.owner:
            self.preview.value = ""
        elif wanted.problem:
            self.preview.value = note("otherwise" if wanted.name else "hint", wanted.problem)
        else:
            self.preview.value = self._availability(wanted, settings.endpoint() or "")

    def _availability(self, wanted: NewRepository, endpoint: str) -> str:
        try:
            free = is_free(wanted.repo_id)
        except KitError as error:
            return refusal(error)
        self.button.disabled = not free
        message = _("The name is free.") if free else _("You already have a model with this name.")
        return note("hint", message, wanted.url(settings.pages(endpoint)), wanted.clone_command(endpoint))

    def _submit(self, _button: Any = None) -> None:
        # The second of two quick clicks was on its way while the first one created the repository.
        if self.button.disabled:
            return
        self.message.value = note("busy", _("Asking the Hub …"))
        try:
            repo_id = self.create()
        except KitError as error:
            self.message.value = refusal(error)
            return
        endpoint = settings.endpoint() or ""
        url = f"{settings.pages(endpoint)}/{repo_id}"
        # Clear the preview, which would now report that the name is taken.
        self.button.disabled, self.preview.value = True, ""
        command = self._plan().clone_command(endpoint)
        self.message.value = note("done", _("{name} was created.").format(name=repo_id), command, link=(url, url))
