"""Log in with an access token. Contains no widgets, so that lessons can log in without a form."""

from __future__ import annotations

import contextlib
import io
import subprocess
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from autograde import settings
from autograde.errors import HubRefused, RestartNeeded
from autograde.i18n.translation import messages, sentences
from autograde.secret import Secret
from autograde.widgets.refusals import in_the_hubs_words

_ = messages("widgets")

#: Permissions of fine-grained tokens that the course needs.
_WRITING = {"repo.write"}
_READING = {"repo.content.read"}


@dataclass(frozen=True)
class Identity:
    """The owner and permissions of a token.

    Attributes:
        name: the account's name.
        token_name: the token's name.
        role: ``"read"``, ``"write"`` or ``"fineGrained"``; empty if unknown.
        permissions: a fine-grained token's permissions, in the Hub's notation.
        email: the account's e-mail address, for its commits; empty if unknown.
    """

    name: str
    token_name: str
    role: str
    permissions: frozenset[str] = frozenset()
    email: str = field(default="", repr=False)

    @property
    def may_write(self) -> bool:
        """Whether the token may change anything on the Hub."""
        return self.role == "write" or bool(self.permissions & _WRITING)


def identity(who: Mapping[str, Any]) -> Identity:
    """Return the identity from the Hub's answer to ``whoami``."""
    token = (who.get("auth") or {}).get("accessToken") or {}
    scopes = (token.get("fineGrained") or {}).get("scoped") or []
    permissions = frozenset(str(name) for scope in scopes for name in scope.get("permissions", []))
    return Identity(
        name=str(who["name"]),
        token_name=str(token.get("displayName", "")),
        role=str(token.get("role", "")),
        permissions=permissions,
        email=str(who.get("email") or ""),
    )


def abilities(person: Identity) -> str:
    """Describe the token's permissions in a sentence."""
    match person.role:
        case "write":
            return _("This token can read and write: create repositories, upload and download.")
        case "read":
            return _("This token can only read: download what you can see. Uploading needs a write token.")
        case "fineGrained":
            may_read = bool(person.permissions & _READING) or person.may_write
            may = {
                (True, True): _("It was allowed to read and to write some repositories."),
                (True, False): _("It was allowed to read some repositories, and to write none."),
                (False, False): _("It was allowed neither to read nor to write repositories."),
            }[may_read, person.may_write]
            return sentences(_("This token is fine-grained: it may do what you ticked when you made it."), may)
    return _("The Hub does not say what this token may do.")


def token_problem(typed: str) -> str | None:
    """Return why ``typed`` cannot be an access token, without quoting it; None if it can."""
    if not typed:
        return _("The field is empty: paste a token that you made on the Hub's page Access tokens.")
    if any(character.isspace() for character in typed):
        return _("A token has no spaces or line breaks. Copy it again: all of it and nothing else.")
    if not typed.isascii() or not typed.isprintable():
        return _("A token consists of letters a-z, digits and _. Copy it again from the Hub's page.")
    return None


def who_is(token: str) -> Identity:
    """Return the owner of a token.

    Raises:
        HubRefused: it is not a token, or the Hub does not accept it; includes the Hub's reason.
        HubUnreachable: the Hub does not answer.
        RestartNeeded: no lesson is open, so this would contact huggingface.co.
    """
    import huggingface_hub
    from huggingface_hub import constants

    endpoint = settings.endpoint()
    if endpoint is None or endpoint != constants.ENDPOINT:
        raise RestartNeeded(
            _("No lesson is open in this notebook, so this would contact {endpoint}.").format(
                endpoint=constants.ENDPOINT
            ),
            _("Choose Kernel > Restart Kernel, then run the first cell of the lesson."),
        )
    if problem := token_problem(token):
        raise HubRefused(problem)
    with in_the_hubs_words():
        return identity(huggingface_hub.whoami(token=Secret(token)))


def log_in(token: str) -> Identity:
    """Log in with ``token`` in this workspace: for huggingface_hub and ``hf`` (in ``HF_HOME``), and for git.

    Raises:
        HubRefused, HubUnreachable, RestartNeeded: as :func:`who_is`.
    """
    import huggingface_hub

    token = Secret(token.strip())
    person = who_is(token)
    # Suppress login's message about where the token is saved; the widget shows it in the learner's language.
    with contextlib.redirect_stdout(io.StringIO()):
        huggingface_hub.login(token, add_to_git_credential=True, skip_if_logged_in=False)
    sign_commits_as(person)
    return person


def sign_commits_as(person: Identity) -> None:
    """Make ``person`` the author of this workspace's commits; never change the user's own git configuration."""
    variables = settings.environment()
    gitconfig, home = variables.get("GIT_CONFIG_GLOBAL", ""), variables.get("HF_HOME", "")
    if not gitconfig or Path(gitconfig).parent != Path(home).parent:
        return
    email = person.email or f"{person.name}@users.noreply.localhost"
    for key, value in (("user.name", person.name), ("user.email", email)):
        subprocess.run(["git", "config", "--file", gitconfig, key, value], check=True)
