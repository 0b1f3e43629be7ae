"""2.2: a quiz about the least permission that an action needs: no token, a read token, or a write token."""

from __future__ import annotations

from autograde.judge.messages import Message, _
from autograde.judge.question import Question
from autograde.judge.quiz import Choice, QuizQuestion, quiz

_CHOICES = (
    (_("No token."), "no-token", (
        "none", "nothing", "no", "without", "without a token", "no token needed", "none needed", "no token at all",
        "none at all", "nothing at all", "nothing needed", "no need for a token",
        "no login", "no login needed", "anonymous", "anonymously",
        "no authentication", "needs no token", "doesn't need a token", "does not need a token",
        "无", "没有", "不用", "不需要", "没有令牌", "不需要令牌", "无需令牌", "不用令牌", "不要令牌", "无令牌",
        "不需要 token", "无需 token", "不用 token", "不要 token", "什么都不需要", "什么令牌都不需要", "不需要任何令牌",
        "什么都不用", "什么令牌都不用", "匿名", "不用登录", "不需要登录", "无需登录",
    )),
    (_("A read token."), "read-token", (
        "read", "read only", "reading", "read only token", "read access", "read permission", "读", "只读", "读取",
        "读令牌", "读取令牌", "读权限", "只读权限", "只读访问令牌", "只读 token",
    )),
    (_("A write token."), "write-token", (
        "write", "writing", "write access", "write permission", "写", "写入", "写令牌", "写权限", "写入权限",
        "写入访问令牌", "写入 token", "可写令牌",
    )),
)  # fmt: skip


def _item(name: str, about: Message, text: Message, *reasons: Message | None) -> QuizQuestion:
    """Return the item for an action.

    Args:
        name: the key in the learner's dictionary.
        about: the topic in a few words.
        text: the action.
        reasons: why no token, a read token and a write token are the wrong choice; None for the right one.
    """
    return QuizQuestion(
        name,
        about,
        text,
        tuple(
            Choice(choice, "" if reason is None else f"{token}-for-{name.replace('_', '-')}", reason, short)
            for (choice, token, short), reason in zip(_CHOICES, reasons, strict=True)
        ),
    )


ITEMS = (
    _item(
        "public_model",
        _("downloading a public model"),
        _("Download another person's public model."),
        None,
        _("Public means that everyone can read it, even without logging in."),
        _("You only read, and everyone can read a public model: you don't need permission to write."),
    ),
    _item(
        "private_model",
        _("downloading a private model of your own"),
        _("Download a private model of your own."),
        _("Without a token, your private model doesn't exist for you: the Hub must know who you are."),
        None,
        _("A write token works, but it allows more than needed: anyone who steals it could change your models."),
    ),
    _item(
        "create_repository",
        _("creating a repository"),
        _("Create a repository."),
        _("A repository belongs to an account, so the Hub must know who you are."),
        _("Creating a repository is writing. A read token can read everything of yours, but change nothing."),
        None,
    ),
)

QUESTION: Question = quiz(
    "2.2/roles",
    ITEMS,
    number=2,
    title=_("The least that an action needs"),
    next_step=_("Look at the table in the section “Investigate” of lesson 2.2, then choose again."),
    hints=(
        _("Who can do it: everyone, only people who are logged in, or only people with write permission?"),
        _("One of the three actions writes something. Another needs no login at all."),
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
