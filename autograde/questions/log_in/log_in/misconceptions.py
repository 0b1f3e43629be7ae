"""2.2, logging in: wrong answers that learners really give."""

from __future__ import annotations

from autograde.judge.cases import Case
from autograde.judge.messages import _
from autograde.judge.observation import Observation
from autograde.judge.question import Misconception
from autograde.questions.log_in.log_in.example_code import NAME, TOKEN, wrong
from autograde.questions.log_in.log_in.facets import FACETS


def _of_another_entry(case: Case, name: str) -> Observation:
    """The wrong answer that returns another entry of the account's data."""
    assert case.setting is not None
    others = {"fullname": case.setting.fullname, "email": case.setting.address_of(case.setting.account), "type": "user"}
    return FACETS.answer(case, returned=others[name])


MISCONCEPTIONS = (
    Misconception(
        "waits-for-a-person",
        _(
            "`login()` without a token waits for a person at a browser, which a program that runs by "
            "itself doesn't have."
        ),
        _("Hand the token to it: `login(token)`."),
        refusal=r"oauth/device|Nobody sits at a browser",
        examples=(wrong("name saved secret", "login()", NAME),),
    ),
    Misconception(
        "own-token",
        _("The function uses another token than the one that it is given, or it changes the token first."),
        _("Hand the parameter `token` on as it is."),
        refusal=r"Invalid (user|credentials)|Invalid username|401|must be|[Ii]llegal header",
        examples=(
            wrong("name saved secret", f'login("{TOKEN}")', NAME),
            wrong("name saved secret", "login(token[:-1])", NAME),
        ),
    ),
    Misconception(
        "whoami-first",
        _("whoami() was called before login: it had no token."),
        _("First `login(token)`, then `whoami()`."),
        refusal=r"no token found",
        examples=(wrong("name saved secret", NAME, "login(token)"),),
    ),
    Misconception(
        "token-in-notebook",
        _(
            "The notebook contains a token. Anyone who gets the notebook can use your account. Pass tokens "
            "on without writing them down."
        ),
        _(
            "Remove the token, restart the kernel, and revoke the token on the Hub: once written down, it "
            "is no longer secret."
        ),
        (FACETS.wrong(kept="in-notebook"),),
        examples=(
            wrong("secret", f'mine = "{TOKEN}"', "login(token)", NAME),
            wrong(
                "secret", f'mine = [("{TOKEN}", b"")]', "def again():", f'    return "{TOKEN}"', "login(token)",
                NAME,
            ),
        ),
    ),
    Misconception(
        "token-printed",
        _(
            "The function prints the token. What a cell prints is kept in the notebook's file, and goes wherever the "
            "notebook goes."
        ),
        _("Take the token out of what is printed. Who is logged in, the account's name says."),
        (FACETS.wrong(kept="printed"),),
        examples=(
            wrong("secret", 'print("token:", token)', "login(token)", NAME),
            *(wrong("secret", *lines, "login(token)", NAME) for lines in (
            ('print("Welcome! " * 300)', 'print("token:", token)'),
            ("print(*token)",),
            ("print(token[3:])",),
            ("__import__(\"sys\").stderr.write(token)",),
            ('__import__("subprocess").run(["echo", "-n", "x" * 5_000 + token])',),
        )),
        ),
    ),
    Misconception(
        "variable-only",
        _(
            "The token is only in this Python's variable HF_TOKEN. It is gone when Python ends; a terminal "
            "or another notebook doesn't have it."
        ),
        _("Save the token: `login` does that."),
        (FACETS.wrong(saved="variable"),),
        examples=(wrong("saved", "import os", 'os.environ["HF_TOKEN"] = token', NAME),),
    ),
    Misconception(
        "not-saved",
        _("The function uses the token once and doesn't save it: the next call of huggingface_hub is not logged in."),
        _("`login` saves a token where all later calls find it."),
        (FACETS.wrong(saved="nothing"),),
        examples=(
            wrong("saved", 'return whoami(token=token)["name"]'),
            wrong("saved", 'return HfApi(token=token).whoami()["name"]'),
        ),
    ),
    Misconception(
        "$whole-answer",
        _("The function returns everything that the Hub says about the account. Return the name only."),
        _("The Hub's answer is a dictionary: take one entry of it."),
        (FACETS.wrong(returned="$whole-answer"),),
        examples=(wrong("name", "login(token)", "return whoami()"),),
    ),
    Misconception(
        "returns-the-token",
        _("The function returns the token. Who calls it wants to know whose token it is; the token itself they have."),
        _("Ask the Hub with `whoami()`, and return the name in its answer."),
        (FACETS.wrong(returned="$token"),),
        examples=(wrong("name", "login(token)", "return token"),),
    ),
    Misconception(
        "another-entry",
        _(
            "The function returns another entry of what the Hub says of the account: the full name, the address or "
            "the type."
        ),
        _('The account\'s name, the one in its addresses, is the entry "name".'),
        tuple(lambda case, name=name: _of_another_entry(case, name) for name in ("fullname", "email", "type")),  # type: ignore[misc]
        examples=(
            wrong("name", "login(token)", 'return whoami()["fullname"]'),
            wrong("name", "login(token)", 'return whoami()["email"]'),
        ),
    ),
    Misconception(
        "fixed-name",
        _("The function returns the same name for every token: the name is fixed in the code."),
        _("Ask the Hub: whoami() knows whose token it is."),
        tuple(FACETS.wrong(returned=name) for name in ("mei", "ada", "jonas")),
        examples=(wrong("name", "login(token)", 'return "ada"'),),
    ),
    Misconception(
        "returns-nothing",
        _("The function returns nothing: without a return statement, Python returns None."),
        _("Write `return` before the account's name; what is printed is not returned."),
        (FACETS.wrong(returned=None),),
        examples=(wrong("name", "login(token)", 'print(whoami()["name"])'),),
    ),
)  # fmt: skip
