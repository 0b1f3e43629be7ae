"""2.2, logging in: the cases and their right answers."""

from __future__ import annotations

import random

from autograde.judge.cases import Case
from autograde.judge.example_names import ACCOUNTS, CAPITAL_ACCOUNTS, FULL_NAMES
from autograde.judge.initial_state import InitialState
from autograde.judge.messages import Message, _

#: The account of another token.
OTHER = "ada"

#: For each role of the token: the description, and the role of the token of an earlier call, to detect a function that
#: keeps the first token or the first name.
_ROLES = {
    "read": (_("the case of a read token of {account}, after a token of another account"), "other"),
    "write": (_("the case of a write token of {account}, after a read token"), "read"),
}


def _case(account: str, role: str) -> Case:
    about, earlier = _ROLES[role]
    about = Message(about.text, (("account", account),))
    initial = InitialState(
        account=account, fullname=FULL_NAMES[account], taken=(OTHER,), tokens=(earlier, role),
        earlier=(_variable(earlier),),
    )  # fmt: skip
    return Case(f"{account}-{role}", "tokens", about, (_variable(role),), initial=initial)


def _variable(role: str) -> str:
    """Return the placeholder of the token with a role."""
    return f"${role.upper()}_TOKEN"


VISIBLE = (_case("mei", "read"), _case("Jonas", "write"))


def hidden(rng: random.Random) -> tuple[Case, ...]:
    """Generate hidden cases with ``rng``."""
    first, second = rng.choice(CAPITAL_ACCOUNTS), rng.choice(ACCOUNTS)
    return _case(first, "write"), _case(second, "read")
