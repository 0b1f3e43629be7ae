"""2.2: each act with the token that is just enough for it."""

from __future__ import annotations

from autograde.judge.execution import Execution, ExecutionKind
from autograde.judge.messages import _
from autograde.judge.question import Question, Teaching
from autograde.questions.log_in.write_then_read.cases import VISIBLE, hidden
from autograde.questions.log_in.write_then_read.example_code import DOWNLOAD, RETURN, UPLOAD, right
from autograde.questions.log_in.write_then_read.facets import FACETS, achieved
from autograde.questions.log_in.write_then_read.misconceptions import MISCONCEPTIONS
from autograde.questions.log_in.write_then_read.outcome import join

SOLUTION = """\
def write_then_read(write_token, read_token, repo_id, text):
    upload_file(path_or_fileobj=text.encode(), path_in_repo="note.txt", repo_id=repo_id, token=write_token)
    path = hf_hub_download(repo_id, "note.txt", token=read_token)
    return Path(path).read_text(encoding="utf-8")
"""


RIGHT = (
    right(
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
    right(
        "makes sure of the repository first", "api = HfApi(token=write_token)",
        "api.create_repo(repo_id, private=True, exist_ok=True)", "api.update_repo_settings(repo_id, private=True)",
        UPLOAD, DOWNLOAD, RETURN,
    ),
    right(
        "HfApi objects, a file on the disk", 'Path("note.txt").write_text(text, encoding="utf-8")',
        "api = HfApi(token=write_token)",
        'api.upload_file(path_or_fileobj="note.txt", path_in_repo="note.txt", repo_id=repo_id)',
        'there = HfApi(token=read_token).hf_hub_download(repo_id=repo_id, filename="note.txt", local_dir="down")',
        'return open(there, encoding="utf-8").read()',
    ),
    right(
        "downloads over the file that it uploaded", 'Path("note.txt").write_text(text, encoding="utf-8")',
        UPLOAD.replace("text.encode()", '"note.txt"'), DOWNLOAD.replace(", token", ', local_dir=".", token'),
        'return open("note.txt", encoding="utf-8").read()',
    ),
    right(
        "logged in twice", "login(write_token)", UPLOAD.replace(", token=write_token", ""),
        "login(read_token, skip_if_logged_in=False)", DOWNLOAD.replace(", token=read_token", ""), RETURN,
    ),
)  # fmt: skip


QUESTION = Question(
    id="2.2/write_then_read",
    number=3,
    visible=VISIBLE,
    hidden=hidden,
    oracle=FACETS.oracle,
    rubric=FACETS.rubric,
    misconceptions=MISCONCEPTIONS,
    execution=Execution(ExecutionKind.CALL, join),
    presentation=FACETS.presentation(achieved),
    teaching=Teaching(
        title=_("Write with one token, read with another"),
        hints=(
            _("Which of the two steps writes something? Both functions have a parameter for the token."),
            _("upload_file and hf_hub_download both have the parameter `token`."),
            _("Pass the bytes `text.encode()` to upload_file. hf_hub_download returns a path: read the file there."),
        ),
        solution=SOLUTION,
        expectation=_("the downloaded text"),
        advice_on=FACETS.advice,
        right=RIGHT,
    ),
)
