"""3: functions that go the whole path."""

from __future__ import annotations

from autograde.grading.answers.answer import RightAnswer, Section, WrongAnswer

_SECTION = Section("3")
_IMPORTS = """\
import torch
from huggingface_hub import HfApi, create_repo, snapshot_download, upload_folder
from transformers import AutoModel, AutoTokenizer

"""


def _function(*lines: str) -> str:
    return (
        _IMPORTS + "def publish_and_load(folder, name, first, second):\n" + "".join(f"    {line}\n" for line in lines)
    )


_CREATE = "repo_id = create_repo(name, exist_ok=True).repo_id"
_UPLOAD = "upload_folder(repo_id=repo_id, folder_path=folder)"
_LOAD = "tokenizer, model = AutoTokenizer.from_pretrained(repo_id), AutoModel.from_pretrained(repo_id)"
_CALL = 'result = model(**tokenizer(first, second, return_tensors="pt"))'
_RETURN = "return repo_id, result.last_hidden_state.shape"


def _wrong(misconception: str, lost: str, *lines: str) -> WrongAnswer:
    return _SECTION.wrong("publish_and_load", misconception, lost, _function(*lines))


def _right(style: str, *lines: str) -> RightAnswer:
    return _SECTION.right("publish_and_load", style, _function(*lines))


WRONG: tuple[WrongAnswer, ...] = (
    _wrong(
        "fixed-owner", "repository files loaded returned",
        'repo_id = create_repo("xxx/" + name, exist_ok=True).repo_id', _UPLOAD, _LOAD, _CALL, _RETURN,
    ),
    _wrong(
        "fixed-name", "repository files returned",
        _CREATE.replace("name", '"mymodel04"'), _UPLOAD, _LOAD, _CALL, _RETURN,
    ),
    _wrong("not-uploaded", "files loaded", _CREATE, _LOAD.replace("repo_id", "folder"), _CALL, _RETURN),
    _wrong("loaded-from-the-folder", "loaded", _CREATE, _UPLOAD, _LOAD.replace("repo_id", "folder"), _CALL, _RETURN),
    _wrong(
        "in-a-folder", "files loaded returned",
        _CREATE, _UPLOAD.replace(")", ', path_in_repo="model")'), _LOAD, _CALL, _RETURN,
    ),
    _wrong(
        "hidden-size-written-down", "returned",
        _CREATE, _UPLOAD, _LOAD, "return repo_id, (1, len(tokenizer.encode(first, second)), 768)",
    ),
    _wrong("hidden-size-written-down", "returned", _CREATE, _UPLOAD, _LOAD, "return repo_id, [1, 12, 768]"),
    _wrong("pooler-output", "returned", _CREATE, _UPLOAD, _LOAD, _CALL, "return repo_id, result[1].shape"),
    _wrong(
        "first-sentence-only", "returned",
        _CREATE, _UPLOAD, _LOAD, _CALL.replace("first, second", "first"), _RETURN,
    ),
    _wrong("only-the-shape", "returned", _CREATE, _UPLOAD, _LOAD, _CALL, "return result[0].shape"),
    _wrong("returns-nothing", "returned", _CREATE, _UPLOAD, _LOAD, _CALL, "print(result[0].shape)"),
)  # fmt: skip

RIGHT: tuple[RightAnswer, ...] = (
    _right(
        "the tutorial's own way, git, lists",
        "import subprocess",
        _CREATE,
        'host = HfApi().endpoint',
        'subprocess.run(["git", "clone", f"{host}/{repo_id}", "clone"], check=True)',
        'subprocess.run(f"cp -r \'{folder}/.\' clone && cd clone && git add . && git commit -m x && git push",'
        " shell=True, check=True)",
        "folder = snapshot_download(repo_id)",
        "tokenizer, model = AutoTokenizer.from_pretrained(folder), AutoModel.from_pretrained(folder)",
        "index = tokenizer.encode(first, second)",
        "k = index.index(tokenizer.sep_token_id)",
        "segments = [0] * (k + 1) + [1] * (len(index) - k - 1)",
        "with torch.no_grad():",
        "    result = model(torch.tensor([index]), token_type_ids=torch.tensor([segments]))",
        "return [repo_id, list(result[0].shape)]",
    ),
)  # fmt: skip
