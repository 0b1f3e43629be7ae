"""2.2, writing and reading: the solution, right answers in other styles, and the builder of wrong ones from steps."""

from __future__ import annotations

from autograde.judge.examples import function

_IMPORTS = (
    "from pathlib import Path\nfrom huggingface_hub import HfApi, hf_hub_download, login, upload_file, whoami\n\n"
)

#: All rubric items.
ALL = "written read returned"

#: Lines of example answers.
UPLOAD = 'upload_file(path_or_fileobj=text.encode(), path_in_repo="note.txt", repo_id=repo_id, token=write_token)'
DOWNLOAD = 'path = hf_hub_download(repo_id, "note.txt", token=read_token)'
RETURN = 'return Path(path).read_text(encoding="utf-8")'

_ANSWER = function(
    "write_then_read(write_token, read_token, repo_id, text)", _IMPORTS, upload=UPLOAD, download=DOWNLOAD, end=RETURN
)

right, wrong, wrong_step = _ANSWER.right, _ANSWER.wrong, _ANSWER.wrong_step

SOLUTION = """\
def write_then_read(write_token, read_token, repo_id, text):
    upload_file(
        path_or_fileobj=text.encode(),
        path_in_repo="note.txt",
        repo_id=repo_id,
        token=write_token,
    )
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
