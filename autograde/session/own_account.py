"""Ask for a log-in or a token on a class Hub, where lessons use the learner's own account.

A class Hub has no practice accounts, because they would count as learners on the teacher's page.
"""

from __future__ import annotations

import getpass
from typing import Any

from autograde.errors import HubRefused, LogInNeeded
from autograde.i18n.translation import messages
from autograde.secret import Secret
from autograde.widgets.login import Identity, log_in, who_is

_ = messages("widgets")

#: Exceptions of ``input`` if typing is impossible. ipykernel's StdinNotImplementedError is a subclass of one of them.
_NO_INPUT = (EOFError, NotImplementedError, RuntimeError)


def ask_for_log_in(tokens_page: str) -> Identity:
    """Ask for an access token below the cell, log in with it and return its owner.

    A cell cannot receive a form's events while it runs, so it reads a line of input. If that is impossible, or if
    the line is empty, the cell shows the log-in form and stops; the learner runs it again after the log-in.

    Args:
        tokens_page: URL of the Hub's page "Access tokens".

    Raises:
        LogInNeeded: there is no log-in.
        HubUnreachable: the Hub does not answer.
    """
    from IPython import get_ipython

    shell: Any = get_ipython()
    if getattr(shell, "kernel", None) is None:
        raise _needed(_("Type `hf auth login` in a terminal and paste a token with the role write."))
    from IPython.display import display

    from autograde.widgets.token_input import TokenInput

    text = _("Lessons use your own account on this Hub. Create a token with the role write at {page}, then paste it:")
    print(text.format(page=tokens_page))  # noqa: T201 - a cell's output
    while typed := _typed(_("Access token (leave empty for the form): ")):
        try:
            return log_in(typed)
        except HubRefused as refused:
            print(refused)  # noqa: T201 - a cell's output
    display(TokenInput())
    raise _needed(_("Log in with the form above, then choose Run > Run Selected Cell and All Below."))


def _typed(prompt: str) -> Secret:
    """Return the learner's input, which is not shown; empty if typing is impossible or the cell is interrupted."""
    try:
        return Secret(getpass.getpass(prompt).strip())
    except (*_NO_INPUT, KeyboardInterrupt):
        return Secret()


def ask_for_token(role: str, tokens_page: str) -> Secret:
    """Ask for a token of the learner's own account with ``role`` ``"read"`` or ``"write"``; the input is hidden.

    Raises:
        LogInNeeded: typing is impossible here.
        HubRefused: the token is unknown, or has another role.
    """
    message = _("Create a token with the role {role} at {page} and paste it here: ").format(role=role, page=tokens_page)
    token = _typed(message)
    if not token:
        raise _needed(_("Run this cell in JupyterLab, where you can paste a token."))
    person = who_is(token)
    if person.role != role:
        message = _("This token has the role {role}; this cell needs one with the role {wanted}.")
        raise HubRefused(message.format(role=person.role, wanted=role), _("Run the cell again."))
    return token


def _needed(fix: str) -> LogInNeeded:
    return LogInNeeded(_("You are not logged in. On this Hub, lessons use your own account."), fix)
