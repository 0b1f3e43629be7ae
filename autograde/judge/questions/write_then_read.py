"""2.2: each act with the token that is just enough for it."""

from __future__ import annotations

import random

from autograde.judge import replays
from autograde.judge.acts import Act, PlannedFile, PlannedRepository, Setting, replaced
from autograde.judge.comparison import Difference
from autograde.judge.describing import describe
from autograde.judge.messages import Message, _, verbatim
from autograde.judge.observation import Mapping, Observation, Raised, Sequence
from autograde.judge.people import ACCOUNTS, MODELS
from autograde.judge.question import Case, Misconception, Question, RubricItem, entry
from autograde.judge.verdict import Finding

NOTE = "note.txt"


def _case(name: str, account: str, model: str, text: str) -> Case:
    setting = Setting(
        account=account,
        tokens=("read", "write"),
        repositories=(PlannedRepository(account, model, private=True),),
        name=model,
        brings=(PlannedFile(NOTE, text=text),),
    )
    about = _("the case of the private repository {name}", name=f"{account}/{model}")
    return Case(name, "notes", about, ("$WRITE_TOKEN", "$READ_TOKEN", f"{account}/{model}", text), setting=setting)


VISIBLE = (_case("first", "mei", "mymodel04", "Read this first."),)


def _hidden(rng: random.Random) -> tuple[Case, ...]:
    accounts, models = rng.sample(ACCOUNTS, 2), rng.sample(MODELS, 2)
    texts = (f"Version {rng.randint(2, 99)} is out.", f"第 {rng.randint(2, 99)} 版已发布。")
    return tuple(
        _case(f"hidden-{place}", *each) for place, each in enumerate(zip(accounts, models, texts, strict=True))
    )


def _oracle(case: Case) -> Observation:
    return Mapping((("note", "same"), ("read_with", "the read token"), ("returned", case.arguments[3])))


def _join(case: Case, report: Mapping, seen: Mapping) -> Observation:
    calls, target, tokens, downloads = (report.get("returned"), seen.get("target"), seen.get("tokens"),
                                        seen.get("downloads"))  # fmt: skip
    assert isinstance(calls, Sequence)
    assert isinstance(target, Mapping)
    assert isinstance(tokens, Mapping)
    assert isinstance(downloads, Sequence)
    returned, files = calls.items[-1], target.get("files")
    assert isinstance(files, Mapping)
    if isinstance(returned, str) and returned.rpartition("/")[2] == NOTE:
        returned = "a path"
    downloaded = {NOTE, "git"} & set(map(str, downloads.items))
    reader = "the read token" if tokens.get("read") else "the write token"
    return Mapping(
        (
            ("note", files.get(NOTE)),
            ("read_with", reader if downloaded else "nothing"),
            ("returned", returned),
        )
    )


def _words(case: Case, difference: Difference) -> Message:
    got = difference.got
    match difference.path:
        case ("note",):
            return _("`{path}` on the Hub: {status}", path=NOTE, status=replays.status(got))
        case ("read_with",) if got == "nothing":
            return _("`{path}` was not downloaded from the Hub", path=NOTE)
        case ("read_with",):
            return _("the download was made with the write token; the read token was never used")
        case ("returned",) if got == "a path":
            return _("the function returned the path of the downloaded file; asked for was the text in it")
        case ("returned",):
            return _("asked for was {expected}; the function returned {got}",
                     expected=describe(difference.expected), got=describe(got))  # fmt: skip
    return _("the function returned {got}", got=describe(got))


def _seen(_case: Case, _answer: Observation) -> Message:
    return _("Seen on the Hub: `{path}` was written with the write token and read with the read token.", path=NOTE)


def _findings(_case: Case, expected: Observation, got: Observation) -> tuple[Finding, ...]:
    if not isinstance(got, Mapping):
        return ()
    assert isinstance(expected, Mapping)
    words: dict[Observation, Message] = {
        "the read token": _("the read token"), "the write token": _("the write token"), "nothing": verbatim("—"),
        "same": replays.status("same"), "missing": replays.status("missing"),
        "different": replays.status("different"),
    }  # fmt: skip
    return (
        replays.line(verbatim(NOTE), expected.get("note"), got.get("note"), words),
        replays.line(_("read with"), expected.get("read_with"), got.get("read_with"), words),
    )


MISCONCEPTIONS = (
    Misconception(
        "tokens-swapped",
        _("The read token was used for writing: the Hub refuses that, it may only read."),
        _("The write token for the upload, the read token for the download."),
        refusal=r"may only read",
    ),
    Misconception(
        "write-token-for-all",
        _(
            "The write token was used for reading too. It works, and it gives away more than is needed: who only "
            "downloads "
            "needs no right to change anything."
        ),
        _("Hand the read token to the download."),
        (lambda case: replaced(_oracle(case), read_with="the write token"),),
    ),
    Misconception(
        "read-without-token",
        _("The download was tried without a token. The repository is private: for a stranger it does not exist."),
        _("Hand the read token to the download."),
        tuple(
            lambda case, name=name: replaced(_oracle(case), read_with="nothing", returned=Raised(name))  # type: ignore[misc]
            for name in ("RepositoryNotFoundError", "LocalEntryNotFoundError")
        ),
    ),
    Misconception(
        "never-read",
        _("The text was returned without a look at the Hub: nothing was downloaded."),
        _("Download the note, and return what stands in the downloaded file."),
        (lambda case: replaced(_oracle(case), read_with="nothing"),),
    ),
    Misconception(
        "returns-the-path",
        _("hf_hub_download returns where the file lies, not what stands in it."),
        _("Read the file at that path, and return its text."),
        (lambda case: replaced(_oracle(case), returned="a path"),),
    ),
)

SOLUTION = """\
def write_then_read(write_token, read_token, repo_id, text):
    upload_file(path_or_fileobj=text.encode(), path_in_repo="note.txt", repo_id=repo_id, token=write_token)
    path = hf_hub_download(repo_id, "note.txt", token=read_token)
    return Path(path).read_text(encoding="utf-8")
"""

QUESTION = Question(
    id="2.2/write_then_read",
    function="write_then_read",
    title=_("Write with one token, read with another"),
    visible=VISIBLE,
    hidden=_hidden,
    oracle=_oracle,
    rubric=(
        RubricItem("written", _("the note is on the Hub"), 1, aspect=entry("note")),
        RubricItem("read", _("it was downloaded with the read token"), 1, aspect=entry("read_with")),
        RubricItem(
            "returned", _("the function returns the text that was read"), 1, aspect=entry("returned", "read_with")
        ),
    ),
    misconceptions=MISCONCEPTIONS,
    hints=(
        _("Which of the two acts changes something? Both functions take the token to use as a parameter."),
        _("upload_file and hf_hub_download both have the parameter `token`."),
        _("upload_file takes the bytes, `text.encode()`. hf_hub_download returns a path: read the file there."),
    ),
    solution=SOLUTION,
    expectation=_("the text that was read"),
    words=_words,
    act=Act("call", _join, _seen, _findings),
)
