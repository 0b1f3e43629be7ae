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
    _SECTION.wrong(
        "log_in", "token-in-notebook", "secret",
        _log_in(f'mine = [("{_TOKEN}", b"")]', "def again():", f'    return "{_TOKEN}"', "login(token)", _NAME),
    ),
    _SECTION.wrong("log_in", "token-printed", "secret", _log_in('print("token:", token)', "login(token)", _NAME)),
    *(
        _SECTION.wrong("log_in", "token-printed", "secret", _log_in(*lines, "login(token)", _NAME))
        for lines in (
            ('print("Welcome! " * 300)', 'print("token:", token)'),
            ("print(*token)",),
            ("print(token[3:])",),
            ("__import__(\"sys\").stderr.write(token)",),
            ('__import__("subprocess").run(["echo", "-n", "x" * 5_000 + token])',),
        )
    ),
    _SECTION.wrong("log_in", "whoami-first", "name saved secret", _log_in(_NAME, "login(token)")),
    _SECTION.wrong("log_in", "returns-the-token", "name", _log_in("login(token)", "return token")),
    _SECTION.wrong("log_in", "waits-for-a-person", "name saved secret", _log_in("login()", _NAME)),
    _SECTION.wrong(
        "log_in", "variable-only", "saved", _log_in("import os", 'os.environ["HF_TOKEN"] = token', _NAME)
    ),
    _SECTION.wrong("log_in", "not-saved", "saved", _log_in('return whoami(token=token)["name"]')),
    _SECTION.wrong("log_in", "not-saved", "saved", _log_in('return HfApi(token=token).whoami()["name"]')),
    _SECTION.wrong("log_in", "whole-answer", "name", _log_in("login(token)", "return whoami()")),
    _SECTION.wrong("log_in", "another-entry", "name", _log_in("login(token)", 'return whoami()["fullname"]')),
    _SECTION.wrong("log_in", "another-entry", "name", _log_in("login(token)", 'return whoami()["email"]')),
    _SECTION.wrong("log_in", "fixed-name", "name", _log_in("login(token)", 'return "ada"')),
    _SECTION.wrong("log_in", "returns-nothing", "name", _log_in("login(token)", 'print(whoami()["name"])')),
    _SECTION.wrong(
        "write_then_read", "tokens-swapped", "written read returned",
        _write(_UPLOAD.replace("write_token", "read_token"), _DOWNLOAD, _RETURN),
    ),
    _SECTION.wrong(
        "write_then_read", "upload-without-token", "written read returned",
        _write(_UPLOAD.replace(", token=write_token", ""), _DOWNLOAD, _RETURN),
    ),
    _SECTION.wrong(
        "write_then_read", "text-for-path", "written read returned",
        _write(_UPLOAD.replace("text.encode()", "text"), _DOWNLOAD, _RETURN),
    ),
    _SECTION.wrong(
        "write_then_read", "write-token-for-all", "read",
        _write(_UPLOAD, _DOWNLOAD.replace("read_token", "write_token"), _RETURN),
    ),
    # The read token is used, and for something else.
    _SECTION.wrong(
        "write_then_read", "write-token-for-all", "read",
        _write(_UPLOAD, "whoami(read_token)", _DOWNLOAD.replace("read_token", "write_token"), _RETURN),
    ),
    # What was downloaded before is on the disk: the second download is none.
    _SECTION.wrong(
        "write_then_read", "write-token-for-all", "read",
        _write(_UPLOAD, _DOWNLOAD.replace("read_token", "write_token"), _DOWNLOAD, _RETURN),
    ),
    _SECTION.wrong(
        "write_then_read", "made-public", "written",
        _write("HfApi().update_repo_settings(repo_id, private=False, token=write_token)", _UPLOAD, _DOWNLOAD, _RETURN),
    ),
    _SECTION.wrong(
        "write_then_read", "made-public", "written read",
        _write(
            "HfApi().update_repo_settings(repo_id, private=False, token=write_token)",
            _UPLOAD, _DOWNLOAD.replace(", token=read_token", ""), _RETURN,
        ),
    ),
    _SECTION.wrong(
        "write_then_read", "read-without-token", "read returned",
        _write(_UPLOAD, _DOWNLOAD.replace(", token=read_token", ""), _RETURN),
    ),
    _SECTION.wrong("write_then_read", "never-read", "read returned", _write(_UPLOAD, "return text")),
    # The file that is uploaded lies on the disk: to read it there is no download.
    _SECTION.wrong(
        "write_then_read", "never-read", "read returned",
        _write(
            'path = Path("note.txt")', 'path.write_text(text, encoding="utf-8")',
            _UPLOAD.replace("text.encode()", "path"), _RETURN,
        ),
    ),
    _SECTION.wrong("write_then_read", "given-text", "returned", _write(_UPLOAD, _DOWNLOAD, "return text")),
    _SECTION.wrong(
        "write_then_read", "reads-the-uploaded-file", "returned",
        _write(
            'Path("note.txt").write_text(text, encoding="utf-8")', _UPLOAD.replace("text.encode()", '"note.txt"'),
            _DOWNLOAD, 'return Path("note.txt").read_text(encoding="utf-8")',
        ),
    ),
    _SECTION.wrong(
        "write_then_read", "more-than-the-note", "written",
        _write(
            'Path("note.txt").write_text(text, encoding="utf-8")', 'Path("more.txt").write_text("more")',
            'HfApi(token=write_token).upload_folder(folder_path=".", repo_id=repo_id)', _DOWNLOAD, _RETURN,
        ),
    ),
    *(
        _SECTION.wrong("write_then_read", "trims-the-text", "returned", _write(_UPLOAD, _DOWNLOAD, last))
        for last in (f"{_RETURN}.strip()", "with open(path) as file:\n        return file.readline().strip()")
    ),
    _SECTION.wrong(
        "write_then_read", "another-text", "written",
        _write(_UPLOAD.replace("text.", "text.strip()."), _DOWNLOAD, f"{_RETURN}.strip()"),
    ),
    _SECTION.wrong("write_then_read", "returns-the-path", "returned", _write(_UPLOAD, _DOWNLOAD, "return path")),
    _SECTION.wrong("write_then_read", "returns-the-path", "returned", _write(_UPLOAD, _DOWNLOAD, "return Path(path)")),
    _SECTION.wrong(
        "write_then_read", "returns-bytes", "returned", _write(_UPLOAD, _DOWNLOAD, "return Path(path).read_bytes()")
    ),
    _SECTION.wrong(
        "write_then_read", "returns-the-file", "returned",
        _write(_UPLOAD, _DOWNLOAD, "with open(path) as file:", "    return file"),
    ),
    _SECTION.wrong(
        "write_then_read", "prints-the-text", "returned", _write(_UPLOAD, _DOWNLOAD, _RETURN.replace("return ", ""))
    ),
    _SECTION.wrong(
        "write_then_read", "another-text", "written",
        _write(_UPLOAD.replace("text.encode()", '(text + "\\n").encode()'), _DOWNLOAD, _RETURN + "[:-1]"),
    ),
    _SECTION.wrong(
        "write_then_read", "another-branch", "written",
        _write(
            _UPLOAD.replace(", token", ", create_pr=True, token"),
            _DOWNLOAD.replace(", token", ', revision="refs/pr/1", token'), _RETURN,
        ),
    ),
    _SECTION.wrong("write_then_read", "token-given-away", "returned",
                   _write(_UPLOAD, "print(read_token)", _DOWNLOAD, _RETURN)),
    _SECTION.wrong("write_then_read", "token-given-away", "returned",
                   _write(f'mine = "{_TOKEN}"', _UPLOAD, _DOWNLOAD, _RETURN)),
    _SECTION.wrong(
        "write_then_read", "made-public", "written",
        _write(
            "api = HfApi(token=write_token)", "api.update_repo_settings(repo_id, private=False)", _UPLOAD, _DOWNLOAD,
            "api.update_repo_settings(repo_id, private=True)", _RETURN,
        ),
    ),
    _SECTION.wrong(
        "write_then_read", "made-anew", "written",
        _write(
            "api = HfApi(token=write_token)", "api.delete_repo(repo_id)", "api.create_repo(repo_id, private=True)",
            _UPLOAD, _DOWNLOAD, _RETURN,
        ),
    ),
    _SECTION.wrong(
        "write_then_read", "another-name", "written read returned",
        _write(*(line.replace("note.txt", "notes.txt") for line in (_UPLOAD, _DOWNLOAD, _RETURN))),
    ),
)  # fmt: skip

RIGHT: tuple[RightAnswer, ...] = (
    _SECTION.right("roles", "capitals and brackets", _roles(public_model="A)", private_model=" B ")),
    _SECTION.right(
        "roles", "the choices' words",
        _roles(public_model="no token", private_model="Read token", create_repository="option c"),
    ),
    _SECTION.right("roles", "full width, whole texts", _roles(public_model="（ａ）", private_model="b. A read token.")),
    _SECTION.right(
        "write_then_read", "by git, and looked at with the write token too",
        _write(
            "import subprocess",
            "from huggingface_hub import constants",
            "def git(*words, token):",
            "    address = constants.ENDPOINT.replace('://', f'://any:{token}@') + '/' + repo_id",
            "    where = [address if word == 'there' else word for word in words]",
            '    subprocess.run(["git", *where], check=True, capture_output=True)',
            "git('clone', 'there', 'here', token=write_token)",
            'Path("here/note.txt").write_text(text, encoding="utf-8")',
            "git('-C', 'here', 'add', '.', token=write_token)",
            "git('-C', 'here', 'commit', '-m', 'Add a note', token=write_token)",
            "git('-C', 'here', 'push', token=write_token)",
            "git('clone', 'there', 'again', token=read_token)",
            "hf_hub_download(repo_id, 'note.txt', token=write_token)",
            'return Path("again/note.txt").read_text(encoding="utf-8")',
        ),
    ),
    _SECTION.right(
        "log_in", "a placeholder and a mask",
        _log_in(
            f"'''token: something like hf_{'x' * 34}'''",
            'print("token:", token[:6] + "…" + token[-3:])', "login(token)", _NAME
        ),
    ),
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
        "write_then_read", "makes sure of the repository first",
        _write(
            "api = HfApi(token=write_token)",
            "api.create_repo(repo_id, private=True, exist_ok=True)",
            "api.update_repo_settings(repo_id, private=True)",
            _UPLOAD, _DOWNLOAD, _RETURN,
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
        "write_then_read", "downloads over the file that it uploaded",
        _write(
            'Path("note.txt").write_text(text, encoding="utf-8")', _UPLOAD.replace("text.encode()", '"note.txt"'),
            _DOWNLOAD.replace(", token", ', local_dir=".", token'), 'return open("note.txt", encoding="utf-8").read()',
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
