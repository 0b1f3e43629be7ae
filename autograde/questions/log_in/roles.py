"""2.2: the least that an act needs: no token, a read token, or a write token."""

from __future__ import annotations

from autograde.judge.messages import Message, _
from autograde.judge.question import Question
from autograde.judge.quiz import Choice, Item, quiz

_NONE, _READ, _WRITE = _("No token."), _("A read token."), _("A write token.")


def _item(name: str, about: Message, text: Message, *reasons: Message | None) -> Item:
    """An act; ``reasons`` say for no token, a read token and a write token what is wrong with it, None what is "
    "right."""
    texts, names = (_NONE, _READ, _WRITE), ("no-token", "read-token", "write-token")
    return Item(
        name,
        about,
        text,
        tuple(
            Choice(choice) if reason is None else Choice(choice, f"{token}-for-{name.replace('_', '-')}", reason)
            for choice, token, reason in zip(texts, names, reasons, strict=True)
        ),
    )


ITEMS = (
    _item(
        "public_model",
        _("downloading a public model"),
        _("Download another person's public model."),
        None,
        _("Public means that everybody may read it, even without logging in."),
        _("Reading changes nothing, and a public model may be read by everybody: no right to write is needed."),
    ),
    _item(
        "private_model",
        _("downloading a private model of your own"),
        _("Download a private model of your own."),
        _("For a stranger your private model does not exist: the Hub must know that it is you."),
        None,
        _("A write token works, but it allows more than you need here: a thief could change your models."),
    ),
    _item(
        "create_repository",
        _("creating a repository"),
        _("Create a repository."),
        _("A repository belongs to an account: the Hub must know whose it will be."),
        _("Creating changes your account; a read token may look at everything of yours and change nothing."),
        None,
    ),
)

QUESTION: Question = quiz(
    "2.2/roles",
    ITEMS,
    number=2,
    title=_("The least that an act needs"),
    next_step=_("Look at the table that lesson 2.2 made under “Investigate”, then choose again."),
    hints=(
        _("Who may do it: anyone, only people who are logged in, or only people with write permission?"),
        _("Of the three acts, one changes something, one needs no name at all."),
    ),
    styles={
        "capitals and brackets": {"public_model": "A)", "private_model": " B "},
        "the choices' words": {
            "public_model": "no token",
            "private_model": "Read token",
            "create_repository": "option c",
        },
        "full width, whole texts": {"public_model": "（ａ）", "private_model": "b. A read token."},
    },
)
