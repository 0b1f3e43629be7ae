"""2.2, logging in: the cases and their right answers."""

from __future__ import annotations

import random

from autograde.judge.cases import Case
from autograde.judge.example_names import ACCOUNTS, CAPITAL_ACCOUNTS, FULL_NAMES
from autograde.judge.initial_state import InitialState
from autograde.judge.messages import Message, _

_ROLES = {"read": _("the case of a read token of {account}"), "write": _("the case of a write token of {account}")}


def _case(account: str, role: str) -> Case:
    about = Message(_ROLES[role].text, (("account", account),))
    initial = InitialState(account=account, fullname=FULL_NAMES[account], taken=("ada",), tokens=(role,))
    return Case(f"{account}-{role}", "tokens", about, (f"${role.upper()}_TOKEN",), initial=initial)


VISIBLE = (_case("mei", "read"), _case("Jonas", "write"))


def hidden(rng: random.Random) -> tuple[Case, ...]:
    """Generate hidden cases with ``rng``."""
    first, second = rng.choice(CAPITAL_ACCOUNTS), rng.choice(ACCOUNTS)
    return _case(first, "write"), _case(second, "read")
