"""The role grid: find out by trying on the Hub which token each action needs.

Rows are actions, columns are tokens. A cell stays empty until its action has been tried with its token; then it shows
whether the Hub allowed it, or the status of the refusal.
"""

from __future__ import annotations

import contextlib
import unicodedata
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from html import escape
from typing import Any, Literal

import ipywidgets

from autograde import settings
from autograde.errors import HubUnreachable
from autograde.i18n.translation import messages
from autograde.widgets.notes import note, refusal
from autograde.widgets.refusals import unreachable
from autograde.widgets.tables import table

_ = messages("widgets")

#: A column of the grid.
Role = Literal["none", "read", "write"]

#: An action to try: a function that gets a token (``False`` for none) and raises huggingface_hub's exceptions.
Act = Callable[[Any], object]


@dataclass(frozen=True)
class ActionResult:
    """The result of an action.

    Attributes:
        allowed: whether the Hub allowed it.
        status: HTTP status of the refusal; None if it was allowed, or if huggingface_hub sent no request.
        reason: the Hub's message.
    """

    allowed: bool
    status: int | None = None
    reason: str = ""

    def __str__(self) -> str:
        if self.allowed:
            return _("✓ allowed")
        return _("✗ refused ({status})").format(status=self.status) if self.status else _("✗ refused")


@dataclass(frozen=True)
class ActionResults:
    """The table of what the Hub allowed, below a cell: HTML in a notebook, since Chinese columns of text rarely align.

    Attributes:
        html: the table.
        text: the same as lines of text.
    """

    html: str
    text: str

    def __repr__(self) -> str:
        return self.text

    def _repr_html_(self) -> str:
        return self.html


def attempt(act: Act, token: Any) -> ActionResult:
    """Try an action with a token, or with ``False`` for none.

    Raises:
        HubUnreachable: the Hub does not answer.
    """
    import httpx2  # huggingface_hub's HTTP client
    from huggingface_hub.errors import HfHubHTTPError, LocalTokenNotFoundError

    try:
        act(token)
    except LocalTokenNotFoundError:
        return ActionResult(False)
    except httpx2.TransportError:
        raise unreachable(settings.endpoint()) from None
    except (HfHubHTTPError, ValueError) as error:
        # A download raises another exception, with the Hub's answer as its cause.
        answer = error if isinstance(error, HfHubHTTPError) else error.__cause__
        if isinstance(answer, HfHubHTTPError):
            reason = answer.server_message or str(answer).splitlines()[0]
            return ActionResult(False, answer.response.status_code, reason)
        if isinstance(answer, httpx2.TransportError):
            raise unreachable(settings.endpoint()) from None
        # Without a token, huggingface_hub does not send whoami at all.
        if token is not False:
            raise
        return ActionResult(False)
    return ActionResult(True)


@contextlib.contextmanager
def _no_progress_bars() -> Iterator[None]:
    """Disable progress bars in this block: they would appear between the cell and its table."""
    from huggingface_hub.utils.tqdm import are_progress_bars_disabled, disable_progress_bars, enable_progress_bars

    if are_progress_bars_disabled():
        yield
        return
    disable_progress_bars()
    try:
        yield
    finally:
        enable_progress_bars()


def act_name(act: str) -> str:
    """Return an action's name in the learner's language, or its id if the course has no name for it."""
    return {
        "download-public": _("download a public model"),
        "who-am-i": _("ask “who am I?”"),
        "download-private": _("download your private model"),
        "upload": _("upload a file"),
        "create-repository": _("create a repository"),
    }.get(act, act)


def role_name(role: str) -> str:
    """Return a column's heading in the learner's language."""
    return {"none": _("no token"), "read": _("read token"), "write": _("write token")}.get(role, role)


class RoleGrid(ipywidgets.VBox):
    """A table of actions and tokens. A button for each action tries it with every token.

    Attributes:
        outcomes: results so far, by action and role.
        buttons: the button of each action.
        grid: the table.
        message: the Hub's last refusals.
    """

    def __init__(self, acts: Mapping[str, Act], tokens: Mapping[Role, Any]) -> None:
        """Create the table.

        Args:
            acts: functions that perform an action with a token, by the action's id, in the order of the rows.
            tokens: a token for each role; ``False`` for no token.
        """
        self._acts, self._tokens = dict(acts), dict(tokens)
        self.outcomes: dict[tuple[str, str], ActionResult] = {}
        self.grid, self.message = ipywidgets.HTML(), ipywidgets.HTML()
        self.buttons: dict[str, ipywidgets.Button] = {}
        for act in self._acts:
            name = act_name(act)
            self.buttons[act] = ipywidgets.Button(
                description=name, tooltip=_("Try with every token: {act}").format(act=name), layout={"width": "auto"}
            )
            self.buttons[act].on_click(lambda _button, act=act: self._clicked(act))
        row = ipywidgets.HBox(list(self.buttons.values()), layout={"flex_flow": "row wrap"})
        asked = _("Try an action:")
        heading = ipywidgets.HTML(f"<b>{escape(asked)}</b>")
        super().__init__([heading, row, self.grid, self.message])
        self._show()

    def try_act(self, act: str) -> None:
        """Try one action with each token.

        Raises:
            HubUnreachable: the Hub does not answer.
        """
        for role, token in self._tokens.items():
            with _no_progress_bars():
                self.outcomes[act, role] = attempt(self._acts[act], token)
            self._show()

    def try_all(self) -> ActionResults:
        """Try every action with each token, and return the table.

        Raises:
            HubUnreachable: the Hub does not answer.
        """
        for act in self._acts:
            self.try_act(act)
        return ActionResults(self.grid.value, repr(self))

    def least(self, act: str) -> str | None:
        """Return the first role that was allowed to perform the action; None if there is none."""
        return next(
            (role for role in self._tokens if (tried := self.outcomes.get((act, role))) and tried.allowed), None
        )

    def _clicked(self, act: str) -> None:
        try:
            self.try_act(act)
        except HubUnreachable as error:
            self.message.value = refusal(error)
            return
        refusals = [each for role in self._tokens if (each := self.outcomes[act, role]).reason]
        self.message.value = note(
            "hint", act_name(act), *dict.fromkeys(str(f"{each.status}: {each.reason}") for each in refusals)
        )

    def _rows(self) -> list[list[str]]:
        return [
            [act_name(act), *(str(self.outcomes.get((act, role), "?")) for role in self._tokens)] for act in self._acts
        ]

    def _show(self) -> None:
        columns = [_("action"), *(role_name(role) for role in self._tokens)]
        rows = [[escape(field) for field in row] for row in self._rows()]
        self.grid.value = table(_("What the Hub allows"), columns, rows, align="left")

    def __repr__(self) -> str:
        rows = [[_("action"), *(role_name(role) for role in self._tokens)], *self._rows()]
        widths = [max(map(_width, column)) for column in zip(*rows, strict=True)]
        lines = [
            "  ".join(field + " " * (w - _width(field)) for field, w in zip(row, widths, strict=True)) for row in rows
        ]
        return "\n".join(line.rstrip() for line in lines)


def _width(text: str) -> int:
    """Return a text's width in a monospaced font, in columns; Chinese characters take two."""
    return sum(2 if unicodedata.east_asian_width(character) in "WF" else 1 for character in text)
