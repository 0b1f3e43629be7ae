"""2.2, writing and reading: writes example answers from the lines of their code."""

from __future__ import annotations

from autograde.judge.examples import function

_IMPORTS = (
    "from pathlib import Path\nfrom huggingface_hub import HfApi, hf_hub_download, login, upload_file, whoami\n\n"
)

#: A token as it looks, put together here because none may be in this file.
TOKEN = "hf_" + 34 * "A"

#: Lines of example answers.
UPLOAD = 'upload_file(path_or_fileobj=text.encode(), path_in_repo="note.txt", repo_id=repo_id, token=write_token)'
DOWNLOAD = 'path = hf_hub_download(repo_id, "note.txt", token=read_token)'
RETURN = 'return Path(path).read_text(encoding="utf-8")'

_ANSWER = function("write_then_read(write_token, read_token, repo_id, text)", _IMPORTS)

right, wrong = _ANSWER.right, _ANSWER.wrong
