"""2.3, a model repository: the cases and their right answers."""

from __future__ import annotations

import random

from autograde.judge.cases import Case
from autograde.judge.example_names import ACCOUNTS, FULL_NAMES, MODELS, TUTORIAL_ACCOUNTS
from autograde.judge.initial_state import InitialState, PlannedFile
from autograde.judge.messages import _

LICENSE = "apache-2.0"

#: The organization that owns the computer: git's user.name is its name, and the account may write to it.
GROUP = "reading-group"

#: Uploaded by another person between the two calls. An answer that deletes the repository destroys it.
MEANWHILE = (PlannedFile("config.json", text='{"model_type": "bert"}\n'),)

#: Added to the card by another person between the two calls.
ADDITION = "Trained on the news of one week. Do not use it for anything else."


def _case(name: str, account: str, model: str, card_form: str = "") -> Case:
    about = _("the case of the account {account} and the name {model}", account=account, model=model)
    initial = InitialState(
        account=account, fullname=FULL_NAMES[account],
        organization=GROUP, taken=TUTORIAL_ACCOUNTS, role="write", name=model, times=2,
        meanwhile=MEANWHILE, card_addition=ADDITION, card_form=card_form,
    )  # fmt: skip
    return Case(name, "names", about, (model,), initial=initial)


VISIBLE = (_case("first", "mei", "mymodel04"), _case("second", "jonas", "sentiment-bert"))


def hidden(rng: random.Random) -> tuple[Case, ...]:
    """Generate hidden cases with ``rng``."""
    accounts, models = rng.sample(ACCOUNTS, 2), rng.sample(MODELS, 2)
    return tuple(
        _case(f"hidden-{place}", account, f"{model}-{rng.randint(2, 99)}", form)
        for place, (account, model, form) in enumerate(zip(accounts, models, ("crlf", "bom"), strict=True))
    )
