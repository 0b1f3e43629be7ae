"""2.2, writing and reading: the cases and their right answers."""

from __future__ import annotations

import random

from autograde.judge.cases import Case
from autograde.judge.example_names import ACCOUNTS, MODELS
from autograde.judge.initial_state import InitialState, PlannedFile, PlannedRepository
from autograde.judge.messages import _

NOTE = "note.txt"

#: The local file's new content after the upload, to detect a function that does not read the file on the Hub.
ON_THIS_COMPUTER = "This is the file on this computer, not the one on the Hub.\n"


def _case(name: str, account: str, model: str, text: str) -> Case:
    initial = InitialState(
        account=account,
        tokens=("read", "write"),
        repositories=(PlannedRepository(account, model, private=True),),
        name=model,
        uploads=(PlannedFile(NOTE, text=text),),
        uploaded_becomes=ON_THIS_COMPUTER,
    )
    about = _("the case of the private repository {name}", name=f"{account}/{model}")
    return Case(name, "notes", about, ("$WRITE_TOKEN", "$READ_TOKEN", f"{account}/{model}", text), initial=initial)


VISIBLE = (_case("first", "mei", "mymodel04", "  Read this first:\n先读这里。\n"),)


def hidden(rng: random.Random) -> tuple[Case, ...]:
    """Generate hidden cases with ``rng``."""
    accounts, models = rng.sample(ACCOUNTS, 2), rng.sample(MODELS, 2)
    # Texts with leading and trailing spaces and line ends, empty lines, and a tab.
    texts = (
        f"\tVoilà, version {rng.randint(2, 99)} is out.\n\n  Read it twice.  \n",
        f"第 {rng.randint(2, 99)} 版已发布。\n请先读这里。 \n",
    )
    return tuple(
        _case(f"hidden-{place}", *each) for place, each in enumerate(zip(accounts, models, texts, strict=True))
    )
