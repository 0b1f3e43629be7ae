"""2.2, logging in: common wrong answers."""

from __future__ import annotations

from autograde.judge.cases import Case
from autograde.judge.examples import TOKEN, function
from autograde.judge.messages import _
from autograde.judge.observation import Raised
from autograde.judge.question import misconception
from autograde.questions.log_in.log_in.cases import OTHER
from autograde.questions.log_in.log_in.facets import FACETS, account
from autograde.questions.log_in.log_in.solutions import ALL, IMPORTS, NAME, wrong


def _address(case: Case) -> str:
    return case.initial.address_of(account(case))


def _first_name(case: Case) -> str:
    """Return the name of the account whose token was passed to the earlier call."""
    return OTHER if case.arguments[0] == "$READ_TOKEN" else account(case)


MISCONCEPTIONS = (
    misconception(
        "waits-for-a-person",
        _(
            "`login()` without a token asks someone to confirm in a browser. A program that runs on its own can't do "
            "that."
        ),
        _("Pass the token: `login(token)`."),
        wrong(ALL, "login()", NAME),
        refusal=r"oauth/device|device login is switched off",
    ),
    misconception(
        "asks-for-the-token",
        _(
            "The function asks someone to type, with input() or getpass(). A program that runs on its own gets no "
            "answer, and the token is there already: it is the parameter `token`."
        ),
        _("Pass the parameter: `login(token)`."),
        wrong(ALL, 'login(input("Token: "))', NAME),
        wrong(ALL, "from getpass import getpass", "login(getpass())", NAME),
        form=lambda _case, got: isinstance(got, Raised) and got.type in ("EOFError", "StdinNotImplementedError"),
    ),
    misconception(
        "own-token",
        _("The function doesn't use the given token, or changes it first."),
        _("Pass the parameter `token` on unchanged."),
        wrong(ALL, f'login("{TOKEN}")', NAME),
        wrong(ALL, "login(token[:-1])", NAME),
        refusal=r"Invalid (user|credentials)|Invalid username|401|must be|[Ii]llegal header",
    ),
    misconception(
        "whoami-first",
        _("whoami() found no token: it was called before login, or the login didn't succeed."),
        _("First `login(token)`, then `whoami()`."),
        wrong(ALL, NAME, "login(token)"),
        refusal=r"no token found",
    ),
    FACETS.misconception(
        "token-in-notebook",
        _(
            "The notebook contains a token. Anyone who gets the notebook can use your account. Never write a token "
            "into code."
        ),
        _(
            "Remove the token, restart the kernel, and revoke the token on the Hub: a token in a notebook is no "
            "longer secret."
        ),
        wrong("secret", f'mine = "{TOKEN}"', "login(token)", NAME),
        wrong("secret", f'mine = [("{TOKEN}", b"")]', "def again():", f'    return "{TOKEN}"', "login(token)", NAME),
        kept="in-notebook",
    ),
    FACETS.misconception(
        "token-printed",
        _(
            "The function prints the token. A cell's output is saved in the notebook, so everyone who gets the "
            "notebook gets the token."
        ),
        _("Don't print the token. Print the account's name if you want to see who is logged in."),
        *(wrong("secret", *lines, "login(token)", NAME) for lines in (
            ('print("token:", token)',),
            ('print("Welcome! " * 300)', 'print("token:", token)'),
            ("print(*token)",),
            ("print(token[3:])",),
            ("import base64", "print(base64.b64encode(token.encode()))"),
            ("from IPython.display import Markdown, display", "display(Markdown(token))"),
            ('__import__("sys").stderr.write(token)',),
            ('__import__("subprocess").run(["echo", "-n", "x" * 5_000 + token])',),
        )),
        kept="printed",
    ),
    FACETS.misconception(
        "variable-only",
        _(
            "The token is only in the variable HF_TOKEN of this Python process. It is gone when Python ends, and "
            "other notebooks and terminals don't have it."
        ),
        _("Save the token: `login` does that."),
        wrong("saved", "import os", 'os.environ["HF_TOKEN"] = token', NAME),
        saved="variable",
    ),
    FACETS.misconception(
        "keeps-the-first-token",
        _(
            "The function was called twice, with different tokens, and the first token is still saved. The function "
            "stores the result of its first call, or it doesn't log in if there is a token already."
        ),
        _("Call `login(token)` in every call, without looking for an earlier token."),
        wrong(
            "name saved", "from huggingface_hub import get_token", "if get_token() is None:", "    login(token)", NAME,
        ),
        function("log_in(token)", f"{IMPORTS}names = []\n\n").wrong(
            "name saved", "if not names:", "    login(token)", '    names.append(whoami()["name"])', "return names[0]",
        ),
        saved="another", returned=_first_name,
    ),
    FACETS.misconception(
        "keeps-the-first-name",
        _(
            "The function was called twice, with tokens of different accounts, and returned the first account's name "
            "both times: it stores what whoami() returned."
        ),
        _("Call `whoami()` in every call, after `login(token)`."),
        function("log_in(token)", f"{IMPORTS}known = {{}}\n\n").wrong(
            "name", "login(token)", "if not known:", "    known.update(whoami())", 'return known["name"]',
        ),
        returned=_first_name,
    ),
    FACETS.misconception(
        "not-saved",
        _(
            "The token isn't saved: the function only uses it once, or logs out at the end. The next call of "
            "huggingface_hub is not logged in."
        ),
        _("`login(token)` saves the token for all later calls. Don't log out afterwards."),
        wrong("saved", 'return whoami(token=token)["name"]'),
        wrong("saved", 'return HfApi(token=token).whoami()["name"]'),
        wrong(
            "saved", "from huggingface_hub import logout", "login(token)", 'name = whoami()["name"]', "logout()",
            "return name",
        ),
        saved="nothing",
    ),
    FACETS.misconception(
        "$whole-answer",
        _("The function returns everything that whoami() returns. Return only the name."),
        _("whoami() returns a dictionary: take one entry of it."),
        wrong("name", "login(token)", "return whoami()"),
        returned="$whole-answer",
    ),
    FACETS.misconception(
        "returns-the-token",
        _("The function returns the token. The caller already has it, and wants to know whose token it is."),
        _("Call `whoami()`, and return the name in its result."),
        wrong("name", "login(token)", "return token"),
        returned="$token",
    ),
    misconception(
        "another-entry",
        _(
            "The function returns another entry of the dictionary: the full name, the e-mail address or a part of it, "
            "or the type."
        ),
        _("The account's name is the entry \"name\". It is the one in web addresses."),
        wrong("name", "login(token)", 'return whoami()["fullname"]'),
        wrong("name", "login(token)", 'return whoami()["email"]'),
        wrong("name", "login(token)", 'return whoami()["email"].split("@")[0]'),
        models=(
            FACETS.wrong(returned=lambda case: case.initial.fullname),
            FACETS.wrong(returned=_address),
            FACETS.wrong(returned=lambda case: _address(case).partition("@")[0]),
            FACETS.wrong(returned="user"),
        ),
    ),
    FACETS.misconception(
        "small-letters",
        _("The function returns the account's name in small letters. Capitals are part of a name."),
        _('Return the entry "name" unchanged.'),
        wrong("name", "login(token)", 'return whoami()["name"].lower()'),
        returned=lambda case: account(case).lower(),
    ),
    misconception(
        "fixed-name",
        _("The function returns the same name for every token: the name is hard-coded."),
        _("Ask the Hub with whoami(): it returns the account of the token."),
        wrong("name", "login(token)", 'return "ada"'),
        models=tuple(FACETS.wrong(returned=name) for name in ("mei", "ada", "Jonas")),
    ),
    FACETS.misconception(
        "returns-nothing",
        _(
            "The function returns nothing (None): it has no return statement, it returns the result of login() or "
            "print(), or it uses get() for an entry that doesn't exist."
        ),
        _('End the function with `return` and the entry "name" of what `whoami()` returns.'),
        wrong("name", "login(token)", 'print(whoami()["name"])'),
        wrong("name", "return login(token)"),
        wrong("name", "login(token)", 'return whoami().get("username")'),
        returned=None,
    ),
)  # fmt: skip
