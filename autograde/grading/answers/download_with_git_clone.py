"""2.5: scripts that download and repair, and functions that recognise a pointer."""

from __future__ import annotations

from autograde.grading.answers.answer import RightAnswer, Section, WrongAnswer

_SECTION = Section("2.5")
_LINE = "version https://git-lfs.github.com/spec/v1"


def _function(*lines: str) -> str:
    return "import os\n\ndef is_lfs_pointer(path):\n" + "".join(f"    {line}\n" for line in lines)


def _script(name: str, *lines: str) -> str:
    return f'{name} = r"""\n' + "".join(f"{line}\n" for line in lines) + '"""\n'


def _pointer(misconception: str, lost: str, *lines: str) -> WrongAnswer:
    return _SECTION.wrong("is_lfs_pointer", misconception, lost, _function(*lines))


def _download(misconception: str, lost: str, *lines: str) -> WrongAnswer:
    return _SECTION.wrong("download_sh", misconception, lost, _script("download_sh", *lines))


def _repair(misconception: str, lost: str, *lines: str) -> WrongAnswer:
    return _SECTION.wrong("repair_sh", misconception, lost, _script("repair_sh", *lines))


_CLONE = 'git clone "$HF_ENDPOINT/$OWNER/$NAME"'

WRONG: tuple[WrongAnswer, ...] = (
    _pointer("by-size", "edges", "return os.path.getsize(path) < 200"),
    _pointer("by-size", "edges", "return 100 < os.path.getsize(path) < 1024"),
    _pointer("mentioned-anywhere", "edges", f'return "{_LINE}" in open(path, errors="replace").read()'),
    _pointer("mentioned-anywhere", "edges", 'return b"git-lfs" in open(path, "rb").read()'),
    _pointer(
        "reads-weights-as-text", "plain", f'return open(path, encoding="utf-8").read().startswith("{_LINE}")',
    ),
    _pointer("no-first-line", "edges", f'return open(path, "rb").readlines()[0].startswith(b"{_LINE}")'),
    _pointer("the-other-way-round", "plain edges", f'return not open(path, "rb").read().startswith(b"{_LINE}")'),
    _pointer("always-the-same", "plain edges", "return True"),
    _pointer("always-the-same", "plain edges", f'return path.startswith("{_LINE}")'),
    _pointer("returns-nothing", "plain edges", f'open(path, "rb").read().startswith(b"{_LINE}")'),
    _download("fixed-owner", "files weights clone", 'git clone "$HF_ENDPOINT/xxx/$NAME"'),
    _download("fixed-owner", "files weights clone", "git clone https://127.0.0.1:9/xxx/mymodel4"),
    _download("fixed-name", "files weights clone", 'git clone "$HF_ENDPOINT/$OWNER/mymodel4"'),
    _download("without-lfs", "weights", f"GIT_LFS_SKIP_SMUDGE=1 {_CLONE}"),
    _download("without-lfs", "weights", "git lfs install --skip-smudge", _CLONE),
    _download("not-a-clone", "clone", 'hf download "$OWNER/$NAME" --local-dir "$NAME"'),
    _download("not-a-clone", "clone", _CLONE, 'rm -rf "$NAME/.git"'),
    _download("another-folder", "files weights clone", f"{_CLONE} model"),
    _repair("beside-the-clone", "weights kept", "cd mymodel4", "git lfs pull"),
    _repair("beside-the-clone", "weights kept", "git lfs pull", 'ls "$NAME"'),
    _repair("no-lfs-pull", "weights kept", 'cd "$NAME"', "git pull"),
    _repair("no-lfs-pull", "weights kept", 'cd "$NAME"', "git lfs fetch"),
    _repair("cloned-anew", "kept", 'rm -rf "$NAME"', _CLONE),
)  # fmt: skip

RIGHT: tuple[RightAnswer, ...] = (
    _SECTION.right(
        "is_lfs_pointer", "the first line, pathlib, a comparison",
        _function(
            "import pathlib",
            'with pathlib.Path(path).open("rb") as file:',
            f'    return file.readline().strip() == b"{_LINE}"',
        ),
    ),
    _SECTION.right(
        "is_lfs_pointer", "as text, with an exception",
        _function(
            "try:",
            '    with open(path, encoding="utf-8") as file:',
            f'        return next(file, "").startswith("{_LINE}")',
            "except UnicodeDecodeError:",
            "    return False",
        ),
    ),
    _SECTION.right(
        "download_sh", "shallow, into a named folder, noise",
        _script("download_sh", "set -eux", 'git clone --depth 1 "$HF_ENDPOINT/$OWNER/$NAME" "$NAME"', "echo done >&2"),
    ),
    _SECTION.right(
        "download_sh", "without LFS first, then with it",
        _script(
            "download_sh",
            f"GIT_LFS_SKIP_SMUDGE=1 {_CLONE}",
            'git -C "$NAME" lfs install --local',
            'git -C "$NAME" lfs pull',
        ),
    ),
    _SECTION.right("repair_sh", "git -C", _script("repair_sh", 'git -C "$NAME" lfs pull')),
    _SECTION.right(
        "repair_sh", "fetch and checkout", _script("repair_sh", 'cd "$NAME" && git lfs fetch && git lfs checkout'),
    ),
)  # fmt: skip
