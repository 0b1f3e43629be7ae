"""2.2: each act with the token that is just enough for it."""

from __future__ import annotations

import random

from autograde.judge import replays
from autograde.judge.acts import Act, PlannedFile, PlannedRepository, Setting
from autograde.judge.describing import describe
from autograde.judge.examples import RightAnswer, WrongAnswer, function, right, wrong
from autograde.judge.facets import Facet, Facets, Item, State
from autograde.judge.messages import Message, _, verbatim
from autograde.judge.observation import Mapping, Observation, Other, Raised, Sequence
from autograde.judge.people import ACCOUNTS, MODELS
from autograde.judge.question import (
    Case,
    Misconception,
    Question,
    Teaching,
)

_IMPORTS = (
    "from pathlib import Path\nfrom huggingface_hub import HfApi, hf_hub_download, login, upload_file, whoami\n\n"
)

#: A token as it looks, put together here because none may be in this file.
_TOKEN = "hf_" + 34 * "A"

#: Lines of example answers.
_UPLOAD = 'upload_file(path_or_fileobj=text.encode(), path_in_repo="note.txt", repo_id=repo_id, token=write_token)'
_DOWNLOAD = 'path = hf_hub_download(repo_id, "note.txt", token=read_token)'
_RETURN = 'return Path(path).read_text(encoding="utf-8")'


def _code(*lines: str) -> str:
    return function("write_then_read(write_token, read_token, repo_id, text)", *lines, imports=_IMPORTS)


def _wrong(lost: str, *lines: str) -> WrongAnswer:
    return wrong(lost, _code(*lines))


def _right(style: str, *lines: str) -> RightAnswer:
    return right(style, _code(*lines))


NOTE = "note.txt"

#: What an uploaded file holds on this computer afterwards: who reads it has not read what is on the Hub.
ON_THIS_COMPUTER = "This is the file on this computer, not the one on the Hub.\n"


def _case(name: str, account: str, model: str, text: str) -> Case:
    setting = Setting(
        account=account,
        tokens=("read", "write"),
        repositories=(PlannedRepository(account, model, private=True),),
        name=model,
        brings=(PlannedFile(NOTE, text=text),),
        uploaded_becomes=ON_THIS_COMPUTER,
    )
    about = _("the case of the private repository {name}", name=f"{account}/{model}")
    return Case(name, "notes", about, ("$WRITE_TOKEN", "$READ_TOKEN", f"{account}/{model}", text), setting=setting)


VISIBLE = (_case("first", "mei", "mymodel04", "  Read this first:\n先读这里。\n"),)


def _hidden(rng: random.Random) -> tuple[Case, ...]:
    accounts, models = rng.sample(ACCOUNTS, 2), rng.sample(MODELS, 2)
    # Blanks and line ends at either end, empty lines, a tab: all of it is text.
    texts = (
        f"\tVoilà, version {rng.randint(2, 99)} is out.\n\n  Read it twice.  \n",
        f"第 {rng.randint(2, 99)} 版已发布。\n请先读这里。 ",
    )
    return tuple(
        _case(f"hidden-{place}", *each) for place, each in enumerate(zip(accounts, models, texts, strict=True))
    )


def _text(case: Case) -> Observation:
    return case.arguments[3]


def _returned(case: Case, got: Observation) -> Message:
    return _("expected {expected}, but the function returned {got}", expected=describe(_text(case)), got=describe(got))


def _shown(case: Case, got: Observation) -> Message:
    return _("the text that was read") if got == _text(case) else describe(got)


def _on_the_hub(got: str) -> Message:
    return _("`{path}` on the Hub: {status}", path=NOTE, status=replays.status(got))


#: Of a returned value, states begin with $: no learner returns such a text.
FACETS = Facets(
    (
        Item("written", _("the note is on the Hub and nothing else, in a repository that is private"), 1, (
            Facet("note", "same", (
                *(State(each, replays.status(each), _on_the_hub(each)) for each in ("same", "different", "missing")),
                State("pointer", verbatim("pointer"), _on_the_hub("pointer")),
                State(
                    "another-name", _("under another name"),
                    _("there is a new file on the Hub, and it is not called `{path}`", path=NOTE),
                ),
                State(
                    "another-branch", _("on another branch"),
                    _("`{path}` is on another branch, and not on main", path=NOTE),
                ),
            ), verbatim(NOTE)),
            Facet("visibility", "private", (
                State("private", _("private")),
                State("public", _("public"), _("the repository was made public; it was private")),
                State(
                    "anew", _("not the repository that was there"),
                    _("the repository was deleted or renamed on the way"),
                ),
            ), _("visibility")),
            Facet("others", "", clause=lambda _case, got: _(
                "there are other new files on the Hub: {files}", files=str(got)
            )),
        )),
        Item("read", _("it was downloaded with the read token"), 1, (
            Facet("read_with", "read", (
                State("read", _("the read token")),
                State(
                    "write", _("the write token"),
                    _("the download was made with the write token; the read token downloaded nothing"),
                ),
                State("none", _("no token"), _("the download was made without a token")),
                State(
                    "nothing", verbatim("—"),
                    _("`{path}` was not downloaded from the Hub after it had been written", path=NOTE),
                ),
            ), _("read with")),
        )),
        Item("returned", _("the function returns the text that was read, and gives no token away"), 1, (
            Facet("returned", _text, (
                State(
                    "$given", _("the given text"),
                    _("the function returned the text that it was given; expected the one in the downloaded file"),
                ),
                State("$local", _("the file that was uploaded"), _(
                    "the function returned the text of the file that it had uploaded; expected that of the downloaded "
                    "file"
                )),
                State(
                    "$trimmed", _("the text without blanks and line ends"),
                    _("the function returned the text without the blanks and line ends at its start or end"),
                ),
                State(
                    "$path", _("a path"),
                    _("the function returned the path of the downloaded file; expected the text in it"),
                ),
                State(
                    "$bytes", _("bytes"),
                    _("the function returned the file's bytes; expected the text that they stand for"),
                ),
                State(
                    "$file", _("an open file"), _("the function returned the open file; expected the text in it"),
                ),
            ), _("returned"), clause=_returned, other=_shown),
            Facet("given_away", "nothing", (
                State("printed", _("printed"), _("the token was printed")),
                State("in-code", verbatim("—"), _("this function contains a token")),
            )),
        )),
    ),
    otherwise=lambda got: _("the function returned {got}", got=describe(got)),
)  # fmt: skip


def _join(case: Case, report: Mapping, seen: Mapping) -> Observation:
    calls, target, downloads = report.get("returned"), seen.get("target"), seen.get("downloaded_with")
    assert isinstance(calls, Sequence)
    assert isinstance(target, Mapping)
    assert isinstance(downloads, Mapping)
    files, returned = target.get("files"), calls.items[-1]
    assert isinstance(files, Mapping)
    note = files.get(NOTE)
    if note == "missing" and any(status == "extra" for _path, status in files.items):
        note = "another-name"
    elif note == "missing" and target.get("aside") is True:
        note = "another-branch"
    extra = [path for path, status in files.items if status == "extra"]
    visibility = "public" if target.get("exposed") is True else target.get("visibility")
    given_away = "in-code" if report.get("token_in_answer") is True else "nothing"
    if report.get("token_printed") is True:
        given_away = "printed"
    roles = {role for path in (NOTE, "git") for role in getattr(downloads.get(path), "items", ())}
    read_with = next((role for role in _ROLES if role in roles), "nothing")
    if report.get("argument") is True or (read_with == "nothing" and returned == case.arguments[3]):
        returned = "$given"
    if _is_trimmed(case.arguments[3], returned):
        # Where the text was uploaded without them already, the function returns what it has read.
        returned = case.arguments[3] if note == "different" else "$trimmed"
    if returned == ON_THIS_COMPUTER:
        returned = "$given" if read_with == "nothing" else "$local"
    return FACETS.answer(
        case, note=note, visibility="anew" if target.get("anew") is True else visibility,
        others="" if note == "another-name" else ", ".join(extra[:3])[:200], read_with=read_with,
        returned=_instead_of_a_text(returned), given_away=given_away,
    )  # fmt: skip


#: The role of the token that was used. The right one is first: another download with another token does no harm.
_ROLES = ("read", "write", "none")

#: What people return who have found the file and not read it, by the names of their types.
_FILES = {
    "PosixPath": "$path", "WindowsPath": "$path", "bytes": "$bytes", "bytearray": "$bytes",
    "TextIOWrapper": "$file", "BufferedReader": "$file",
}  # fmt: skip


def _instead_of_a_text(returned: Observation) -> Observation:
    """What was returned; a path, bytes and an open file by these names."""
    if isinstance(returned, Other):
        return _FILES.get(returned.type, returned)
    if isinstance(returned, str) and returned.rpartition("/")[2] == NOTE:
        return "$path"
    return returned


def _achieved(_case: Case, _answer: Observation) -> Message:
    return _("Seen on the Hub: `{path}` was written with the write token and read with the read token.", path=NOTE)


def _is_trimmed(text: Observation, got: Observation) -> bool:
    """Whether a text came without its blanks or line ends, or as its first line."""
    if not isinstance(text, str) or not isinstance(got, str) or got == text:
        return False
    return "".join(got.split()) in {"".join(text.split()), "".join(text.strip().partition("\n")[0].split())}


MISCONCEPTIONS = (
    Misconception(
        "tokens-swapped",
        _("The read token was used for writing: the Hub refuses that, it may only read."),
        _("The write token for the upload, the read token for the download."),
        refusal=r"may only read",
        examples=(_wrong("written read returned", _UPLOAD.replace("write_token", "read_token"), _DOWNLOAD, _RETURN),),
    ),
    Misconception(
        "upload-without-token",
        _("The upload was tried without a token: the Hub does not know who writes."),
        _("Hand the write token to the upload."),
        refusal=r"this request needs an access token",
        examples=(_wrong("written read returned", _UPLOAD.replace(", token=write_token", ""), _DOWNLOAD, _RETURN),),
    ),
    Misconception(
        "text-for-path",
        _(
            "`path_or_fileobj` takes a text for the path of a file on your disk. The content itself it takes as bytes "
            "or as an open file."
        ),
        _("Make bytes of the text: `text.encode()`."),
        refusal=r"is not a file on the local file system|path_or_fileobj",
        examples=(_wrong("written read returned", _UPLOAD.replace("text.encode()", "text"), _DOWNLOAD, _RETURN),),
    ),
    Misconception(
        "made-public",
        _(
            "The repository was made public. Then everybody may read what is in it, and the read token proves nothing "
            "any more."
        ),
        _("Leave the repository as it is: the read token of its owner may read it."),
        tuple(FACETS.wrong(visibility="public", read_with=reader) for reader in ("read", "none")),
        examples=(
            _wrong(
                "written", "HfApi().update_repo_settings(repo_id, private=False, token=write_token)", _UPLOAD,
                _DOWNLOAD, _RETURN,
            ),
            _wrong(
                "written read", "HfApi().update_repo_settings(repo_id, private=False, token=write_token)", _UPLOAD,
                _DOWNLOAD.replace(", token=read_token", ""), _RETURN,
            ),
            _wrong(
                "written", "api = HfApi(token=write_token)", "api.update_repo_settings(repo_id, private=False)",
                _UPLOAD, _DOWNLOAD, "api.update_repo_settings(repo_id, private=True)", _RETURN,
            ),
        ),
    ),
    Misconception(
        "made-anew",
        _("The repository was deleted or renamed on the way. What others had in it, or their way to it, is gone."),
        _("Leave the repository as it is: a file can be uploaded without that."),
        (FACETS.wrong(visibility="anew"),),
        examples=(_wrong(
            "written", "api = HfApi(token=write_token)", "api.delete_repo(repo_id)",
            "api.create_repo(repo_id, private=True)", _UPLOAD, _DOWNLOAD, _RETURN,
        ),),
    ),
    Misconception(
        "write-token-for-all",
        _(
            "The write token was used for reading too. It works, and it gives away more than is needed: who only "
            "downloads needs no right to change anything."
        ),
        _("Hand the read token to the download."),
        (FACETS.wrong(read_with="write"), FACETS.wrong(read_with="write", returned="$given")),
        examples=(
            _wrong("read", _UPLOAD, _DOWNLOAD.replace("read_token", "write_token"), _RETURN),
            _wrong("read", _UPLOAD, "whoami(read_token)", _DOWNLOAD.replace("read_token", "write_token"), _RETURN),
            _wrong("read", _UPLOAD, _DOWNLOAD.replace("read_token", "write_token"), _DOWNLOAD, _RETURN),
        ),
    ),
    Misconception(
        "read-without-token",
        _("The download was tried without a token. The repository is private: for a stranger it does not exist."),
        _("Hand the read token to the download."),
        tuple(
            FACETS.wrong(read_with="nothing", returned=Raised(name))
            for name in ("RepositoryNotFoundError", "LocalEntryNotFoundError", "GatedRepoError")
        ),
        examples=(_wrong("read returned", _UPLOAD, _DOWNLOAD.replace(", token=read_token", ""), _RETURN),),
    ),
    Misconception(
        "never-read",
        _("The text was returned without a look at the Hub: nothing was downloaded."),
        _("Download the note, and return the content of the downloaded file."),
        (FACETS.wrong(read_with="nothing", returned="$given"),),
        examples=(
            _wrong("read returned", _UPLOAD, "return text"),
            _wrong(
                "read returned", 'path = Path("note.txt")', 'path.write_text(text, encoding="utf-8")',
                _UPLOAD.replace("text.encode()", "path"), _RETURN,
            ),
        ),
    ),
    Misconception(
        "given-text",
        _("The note was downloaded but not read: the function returns the text that it was given."),
        _("Read the downloaded file, and return its content."),
        (FACETS.wrong(returned="$given"),),
        examples=(_wrong("returned", _UPLOAD, _DOWNLOAD, "return text"),),
    ),
    Misconception(
        "reads-the-uploaded-file",
        _(
            "The note was downloaded, but the function reads the file that it uploaded. That file is only on this "
            "computer, and says nothing about what is on the Hub."
        ),
        _("Read the file at the path that hf_hub_download returns."),
        (FACETS.wrong(returned="$local"),),
        examples=(_wrong(
            "returned", 'Path("note.txt").write_text(text, encoding="utf-8")',
            _UPLOAD.replace("text.encode()", '"note.txt"'), _DOWNLOAD,
            'return Path("note.txt").read_text(encoding="utf-8")',
        ),),
    ),
    Misconception(
        "more-than-the-note",
        _("Other files were uploaded besides the note, and everybody who may read the repository gets them."),
        _('Upload the note alone, with upload_file and path_in_repo="note.txt".'),
        form=lambda _case, got: isinstance(got, Mapping) and bool(got.get("others")),
        examples=(_wrong(
            "written", 'Path("note.txt").write_text(text, encoding="utf-8")', 'Path("more.txt").write_text("more")',
            'HfApi(token=write_token).upload_folder(folder_path=".", repo_id=repo_id)', _DOWNLOAD, _RETURN,
        ),),
    ),
    Misconception(
        "trims-the-text",
        _("The text lost blanks or line ends: strip() takes them away at both ends, splitlines() and readline() too."),
        _("Upload and return the text as it is."),
        (FACETS.wrong(returned="$trimmed"),),
        examples=(
            _wrong("returned", _UPLOAD, _DOWNLOAD, f"{_RETURN}.strip()"),
            _wrong("returned", _UPLOAD, _DOWNLOAD, "with open(path) as file:\n        return file.readline().strip()"),
        ),
    ),
    Misconception(
        "returns-the-path",
        _("hf_hub_download returns the path of the file, not its content."),
        _("Read the file at that path, and return its text."),
        (FACETS.wrong(returned="$path"),),
        examples=(
            _wrong("returned", _UPLOAD, _DOWNLOAD, "return path"),
            _wrong("returned", _UPLOAD, _DOWNLOAD, "return Path(path)"),
        ),
    ),
    Misconception(
        "returns-bytes",
        _("A file holds bytes. A text is what they stand for in an encoding, here UTF-8."),
        _('Read the file as a text, `read_text(encoding="utf-8")`, or make one of the bytes: `.decode("utf-8")`.'),
        (FACETS.wrong(returned="$bytes"),),
        examples=(_wrong("returned", _UPLOAD, _DOWNLOAD, "return Path(path).read_bytes()"),),
    ),
    Misconception(
        "returns-the-file",
        _("The function returns an open file. A file is where a text can be read, and not the text."),
        _("Read the file, and return what was read."),
        (FACETS.wrong(returned="$file"),),
        examples=(_wrong("returned", _UPLOAD, _DOWNLOAD, "with open(path) as file:", "    return file"),),
    ),
    Misconception(
        "prints-the-text",
        _("The function returns nothing: without a return statement, Python returns None."),
        _("Write `return` before the text; what is printed is not returned."),
        (FACETS.wrong(returned=None),),
        examples=(_wrong("returned", _UPLOAD, _DOWNLOAD, _RETURN.replace("return ", "")),),
    ),
    Misconception(
        "another-text",
        _(
            "What is on the Hub is not the given text, byte for byte: something was added, left out or encoded "
            "otherwise."
        ),
        _("Upload `text.encode()` and nothing else: no line end, no quotation marks."),
        (FACETS.wrong(note="different"),),
        examples=(
            _wrong("written", _UPLOAD.replace("text.", "text.strip()."), _DOWNLOAD, f"{_RETURN}.strip()"),
            _wrong(
                "written", _UPLOAD.replace("text.encode()", '(text + "\\n").encode()'), _DOWNLOAD, _RETURN + "[:-1]",
            ),
        ),
    ),
    Misconception(
        "another-branch",
        _("The note was uploaded to another branch, or as a pull request. Who looks at the repository sees main."),
        _("Leave `revision` and `create_pr` out: then the upload goes to main."),
        (FACETS.wrong(note="another-branch"),),
        examples=(_wrong(
            "written", _UPLOAD.replace(", token", ", create_pr=True, token"),
            _DOWNLOAD.replace(", token", ', revision="refs/pr/1", token'), _RETURN,
        ),),
    ),
    Misconception(
        "token-given-away",
        _("The function contains a token or prints it. Anyone who gets the notebook gets the token."),
        _("Take the token out of the code and out of what is printed; the parameters hold all that is needed."),
        (FACETS.wrong(given_away="in-code"), FACETS.wrong(given_away="printed")),
        examples=(
            _wrong("returned", _UPLOAD, "print(read_token)", _DOWNLOAD, _RETURN),
            _wrong("returned", f'mine = "{_TOKEN}"', _UPLOAD, _DOWNLOAD, _RETURN),
        ),
    ),
    Misconception(
        "another-name",
        _("The text was uploaded under another name. Who looks for a file looks for its exact name."),
        _('Upload it with `path_in_repo="note.txt"`, and download that file.'),
        (
            FACETS.wrong(note="another-name", read_with="nothing", returned="$given"),
            FACETS.wrong(note="another-name", read_with="nothing", returned="$path"),
        ),
        examples=(_wrong(
            "written read returned", *(line.replace("note.txt", "notes.txt") for line in (_UPLOAD, _DOWNLOAD, _RETURN)),
        ),),
    ),
)  # fmt: skip

SOLUTION = """\
def write_then_read(write_token, read_token, repo_id, text):
    upload_file(path_or_fileobj=text.encode(), path_in_repo="note.txt", repo_id=repo_id, token=write_token)
    path = hf_hub_download(repo_id, "note.txt", token=read_token)
    return Path(path).read_text(encoding="utf-8")
"""

RIGHT = (
    _right(
        "by git, and looked at with the write token too", "import subprocess", "from huggingface_hub import constants",
        "def git(*words, token):",
        "    address = constants.ENDPOINT.replace('://', f'://any:{token}@') + '/' + repo_id",
        "    where = [address if word == 'there' else word for word in words]",
        '    subprocess.run(["git", *where], check=True, capture_output=True)',
        "git('clone', 'there', 'here', token=write_token)", 'Path("here/note.txt").write_text(text, encoding="utf-8")',
        "git('-C', 'here', 'add', '.', token=write_token)",
        "git('-C', 'here', 'commit', '-m', 'Add a note', token=write_token)",
        "git('-C', 'here', 'push', token=write_token)", "git('clone', 'there', 'again', token=read_token)",
        "hf_hub_download(repo_id, 'note.txt', token=write_token)",
        'return Path("again/note.txt").read_text(encoding="utf-8")',
    ),
    _right(
        "makes sure of the repository first", "api = HfApi(token=write_token)",
        "api.create_repo(repo_id, private=True, exist_ok=True)", "api.update_repo_settings(repo_id, private=True)",
        _UPLOAD, _DOWNLOAD, _RETURN,
    ),
    _right(
        "HfApi objects, a file on the disk", 'Path("note.txt").write_text(text, encoding="utf-8")',
        "api = HfApi(token=write_token)",
        'api.upload_file(path_or_fileobj="note.txt", path_in_repo="note.txt", repo_id=repo_id)',
        'there = HfApi(token=read_token).hf_hub_download(repo_id=repo_id, filename="note.txt", local_dir="down")',
        'return open(there, encoding="utf-8").read()',
    ),
    _right(
        "downloads over the file that it uploaded", 'Path("note.txt").write_text(text, encoding="utf-8")',
        _UPLOAD.replace("text.encode()", '"note.txt"'), _DOWNLOAD.replace(", token", ', local_dir=".", token'),
        'return open("note.txt", encoding="utf-8").read()',
    ),
    _right(
        "logged in twice", "login(write_token)", _UPLOAD.replace(", token=write_token", ""),
        "login(read_token, skip_if_logged_in=False)", _DOWNLOAD.replace(", token=read_token", ""), _RETURN,
    ),
)  # fmt: skip

QUESTION = Question(
    id="2.2/write_then_read",
    number=3,
    visible=VISIBLE,
    hidden=_hidden,
    oracle=FACETS.oracle,
    rubric=FACETS.rubric,
    misconceptions=MISCONCEPTIONS,
    act=Act("call", _join),
    presentation=FACETS.presentation(_achieved),
    teaching=Teaching(
        title=_("Write with one token, read with another"),
        hints=(
            _("Which of the two acts changes something? Both functions take the token to use as a parameter."),
            _("upload_file and hf_hub_download both have the parameter `token`."),
            _("upload_file takes the bytes, `text.encode()`. hf_hub_download returns a path: read the file there."),
        ),
        solution=SOLUTION,
        expectation=_("the text that was read"),
        right=RIGHT,
    ),
)
