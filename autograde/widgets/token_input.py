"""The token input: log in this workspace by pasting an access token.

The token is in the field only until the kernel has read it. It never appears in an output, a saved notebook or widget
state: the field is sent once, when the learner leaves it or presses Enter, and the kernel empties it before doing
anything else, without echoing the value.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import ipywidgets
from traitlets import Unicode

from autograde import settings
from autograde.errors import KitError
from autograde.i18n.translation import messages, sentences
from autograde.secret import Secret
from autograde.widgets.login import Identity, abilities, log_in
from autograde.widgets.notes import note, refusal

_ = messages("widgets")


class TokenField(ipywidgets.Password):
    """A masked field whose value is not echoed to other views of the notebook."""

    value = Unicode("", help="What was typed; empty again as soon as the kernel has it.").tag(
        sync=True, echo_update=False
    )

    def __repr__(self) -> str:
        return "TokenField(value='••••••••')" if self.value else "TokenField()"


class TokenInput(ipywidgets.VBox):
    """A masked field and a button, with your account and the token's permissions below.

    Attributes:
        field: the field for the token.
        button: logs in with the token.
        message: the result.
        identity: the account that this form logged in; None before that.
    """

    def __init__(self, on_login: Callable[[Identity], None] | None = None) -> None:
        """Create the form; ``on_login`` is called after every successful log-in."""
        label = _("Access token:")
        self.field = TokenField(
            placeholder=_("hf_… paste it here"),
            description=label,
            continuous_update=False,
            style={"description_width": "initial"},
            layout={"width": "26em"},
        )
        self.button = ipywidgets.Button(description=_("Log in"), button_style="primary", icon="sign-in")
        # The address and the name of the page for creating tokens.
        self._page = (
            f"{settings.pages(settings.endpoint() or '')}/settings/tokens",
            _("Make a token on the Hub's page Access tokens"),
        )
        self.message = ipywidgets.HTML(
            note(
                "hint",
                _("The token stays hidden: it is not shown, and not saved in this notebook."),
                link=self._page,
            )
        )
        self.identity: Identity | None = None
        self._on_login = on_login
        self._typed = Secret()
        self._enter = False
        self.field.observe(self._take, names="value")
        self.field.on_msg(self._note_enter)
        self.button.on_click(self._submit)
        super().__init__([ipywidgets.HBox([self.field, self.button]), self.message])

    def log_in(self, token: str) -> Identity:
        """Log in without the form.

        Raises:
            HubRefused, HubUnreachable, RestartNeeded: as :func:`autograde.widgets.login.log_in`.
        """
        self.identity = log_in(token)
        if self._on_login is not None:
            self._on_login(self.identity)
        return self.identity

    def _take(self, change: dict[str, Any]) -> None:
        """Remove the token from the field before showing anything."""
        if not change["new"]:
            return
        self._typed = Secret(change["new"])
        change.clear()
        self.field.value = ""
        if self._enter:
            self._submit()
        else:
            message = _("Your token was read and the field emptied. Choose Log in.")
            self.message.value = note("hint", message)

    def _note_enter(self, _widget: Any, content: dict[str, Any], _buffers: Any) -> None:
        """Remember that Enter was pressed; the browser sends the value in the next message."""
        if content.get("event") == "submit":
            self._enter = True
            if self._typed:
                self._submit()

    def _submit(self, _button: Any = None) -> None:
        typed, self._typed, self._enter = self._typed, Secret(), False
        self.message.value = note("busy", _("Asking the Hub …"))
        try:
            person = self.log_in(typed)
        except KitError as error:
            self.message.value = refusal(error, link=self._page)
        else:
            self.message.value = described(person)


def described(person: Identity) -> str:
    """Return the note after a log-in as HTML."""
    return note(
        "done",
        _("You are {name}.").format(name=person.name),
        sentences(_("Token: {token}.").format(token=person.token_name or "?"), abilities(person)),
        _("It is kept in this workspace only: for huggingface_hub and hf, and for git push."),
    )
