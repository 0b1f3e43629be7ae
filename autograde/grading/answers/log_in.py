"""2.2: functions that log in and that use tokens, and choices of roles."""

from __future__ import annotations

from autograde.grading.answers.answer import RightAnswer, Section, WrongAnswer

_SECTION = Section("2.2")
_IMPORTS = (
    "from pathlib import Path\nfrom huggingface_hub import HfApi, hf_hub_download, login, upload_file, whoami\n\n"
)


def _log_in(*lines: str) -> str:
    return _IMPORTS + "def log_in(token):\n" + "".join(f"    {line}\n" for line in lines)


def _write(*lines: str) -> str:
    return (
        _IMPORTS
        + "def write_then_read(write_token, read_token, repo_id, text):\n"
        + "".join(f"    {line}\n" for line in lines)
    )


def _roles(**changed: str) -> str:
    return f"roles = { ({'public_model': 'a', 'private_model': 'b', 'create_repository': 'c'} | changed)!r}\n"


#: A token as it looks, put together at run time: none is to stand in this file either.
_TOKEN = "hf_" + 34 * "A"

_NAME = 'return whoami()["name"]'
_UPLOAD = 'upload_file(path_or_fileobj=text.encode(), path_in_repo="note.txt", repo_id=repo_id, token=write_token)'
_DOWNLOAD = 'path = hf_hub_download(repo_id, "note.txt", token=read_token)'
_RETURN = 'return Path(path).read_text(encoding="utf-8")'


def _wrong_role(misconception: str, **changed: str) -> WrongAnswer:
    return _SECTION.wrong("roles", misconception, " ".join(changed), _roles(**changed))


WRONG: tuple[WrongAnswer, ...] = (
    _wrong_role("read-token-for-public-model", public_model="b"),
    _wrong_role("write-token-for-public-model", public_model="c"),
    _wrong_role("no-token-for-private-model", private_model="a"),
    _wrong_role("write-token-for-private-model", private_model="c"),
    _wrong_role("no-token-for-create-repository", create_repository="a"),
    _wrong_role("read-token-for-create-repository", create_repository="b"),
    _SECTION.wrong("log_in", "own-token", "name saved secret", _log_in(f'login("{_TOKEN}")', _NAME)),
    _SECTION.wrong("log_in", "own-token", "name saved secret", _log_in("login(token[:-1])", _NAME)),
    _SECTION.wrong(
        "log_in", "token-in-notebook", "secret",
        _log_in(f'mine = "{_TOKEN}"', "login(token)", _NAME),
    ),
    _SECTION.wrong("log_in", "not-saved", "saved", _log_in('return whoami(token=token)["name"]')),
    _SECTION.wrong("log_in", "not-saved", "saved", _log_in('return HfApi(token=token).whoami()["name"]')),
    _SECTION.wrong("log_in", "whole-answer", "name", _log_in("login(token)", "return whoami()")),
    _SECTION.wrong("log_in", "fixed-name", "name", _log_in("login(token)", 'return "ada"')),
    _SECTION.wrong("log_in", "returns-nothing", "name", _log_in("login(token)", 'print(whoami()["name"])')),
    _SECTION.wrong(
        "write_then_read", "tokens-swapped", "written read returned",
        _write(_UPLOAD.replace("write_token", "read_token"), _DOWNLOAD, _RETURN),
    ),
    _SECTION.wrong(
        "write_then_read", "write-token-for-all", "read returned",
        _write(_UPLOAD, _DOWNLOAD.replace("read_token", "write_token"), _RETURN),
    ),
    _SECTION.wrong(
        "write_then_read", "read-without-token", "read returned",
        _write(_UPLOAD, _DOWNLOAD.replace(", token=read_token", ""), _RETURN),
    ),
    _SECTION.wrong("write_then_read", "never-read", "read returned", _write(_UPLOAD, "return text")),
    _SECTION.wrong("write_then_read", "returns-the-path", "returned", _write(_UPLOAD, _DOWNLOAD, "return path")),
)  # fmt: skip

RIGHT: tuple[RightAnswer, ...] = (
    _SECTION.right("roles", "capitals and brackets", _roles(public_model="A)", private_model=" B ")),
    _SECTION.right(
        "log_in", "the command line, git credentials, noise",
        _log_in(
            "import subprocess, sys",
            'subprocess.run(["hf", "auth", "login", "--token", token, "--add-to-git-credential"], check=True)',
            'print("logged in", file=sys.stderr)',
            'return HfApi().whoami()["name"]',
        ),
    ),
    _SECTION.right(
        "write_then_read", "HfApi objects, a file on the disk",
        _write(
            'Path("note.txt").write_text(text, encoding="utf-8")',
            "api = HfApi(token=write_token)",
            'api.upload_file(path_or_fileobj="note.txt", path_in_repo="note.txt", repo_id=repo_id)',
            'there = HfApi(token=read_token).hf_hub_download(repo_id=repo_id, filename="note.txt", local_dir="down")',
            'return open(there, encoding="utf-8").read()',
        ),
    ),
    _SECTION.right(
        "write_then_read", "logged in twice",
        _write(
            "login(write_token)",
            _UPLOAD.replace(", token=write_token", ""),
            "login(read_token, skip_if_logged_in=False)",
            _DOWNLOAD.replace(", token=read_token", ""),
            _RETURN,
        ),
    ),
)  # fmt: skip
