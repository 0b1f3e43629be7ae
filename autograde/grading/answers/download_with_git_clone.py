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

_NOTHING = "files weights clone"
_FIRST = 'first = open(path, errors="ignore").readline()'

WRONG: tuple[WrongAnswer, ...] = (
    _pointer("by-size", "plain edges", "return os.path.getsize(path) < 200"),
    _pointer("by-size", "plain edges", "return 100 < os.path.getsize(path) < 1024"),
    _pointer("by-size", "edges", "return 125 < os.path.getsize(path) < 136"),
    _pointer("by-name", "plain edges", 'return path.endswith(".safetensors")'),
    _pointer("by-name", "plain edges", 'return os.path.splitext(path)[1] in (".bin", ".safetensors", ".onnx")'),
    _pointer(
        "by-size-and-name", "plain edges",
        'return path.endswith((".safetensors", ".bin", ".onnx", ".h5", ".ot")) and os.path.getsize(path) < 1024',
    ),
    _pointer(
        "second-word-only", "edges",
        'words = open(path, "rb").readline().split()',
        'return len(words) > 1 and words[1] == b"https://git-lfs.github.com/spec/v1"',
    ),
    _pointer("skips-empty-lines", "edges", f'return open(path, "rb").read().strip().split(b"\\n")[0] == b"{_LINE}"'),
    _pointer("skips-empty-lines", "edges", f'return open(path, "rb").read().lstrip().startswith(b"{_LINE}\\n")'),
    _pointer("ignores-capitals", "edges", f'return open(path, "rb").readline().strip().lower() == b"{_LINE}"'),
    _pointer("mentioned-anywhere", "edges", f'return "{_LINE}" in open(path, errors="replace").read()'),
    _pointer("mentioned-anywhere", "edges", 'return b"git-lfs" in open(path, "rb").read()'),
    _pointer("mentioned-anywhere", "edges", f'return b"{_LINE}\\n" in open(path, "rb").read(100)'),
    _pointer("mentioned-anywhere", "edges", 'return b"oid sha256:" in open(path, "rb").read()'),
    _pointer("in-the-first-line", "edges", _FIRST, 'return "git-lfs.github.com/spec/v1" in first'),
    _pointer("ends-with-it", "edges", _FIRST, 'return first.strip().endswith("git-lfs.github.com/spec/v1")'),
    _pointer("any-version", "edges", 'return open(path, "rb").read().startswith(b"version")'),
    _pointer("any-version", "edges", _FIRST, 'return first.split(" ")[0] == "version"'),
    _pointer("line-goes-on", "edges", f'return open(path, "rb").read(100).startswith(b"{_LINE}")'),
    _pointer("any-line", "edges", f'return b"{_LINE}\\n" in open(path, "rb").readlines()'),
    _pointer(
        "empty-is-a-pointer", "edges",
        'command = ["git", "lfs", "pointer", "--check", "--file", path]',
        "return __import__('subprocess').run(command, capture_output=True).returncode == 0",
    ),
    _pointer(
        "reads-weights-as-text", "plain", f'return open(path, encoding="utf-8").read().startswith("{_LINE}\\n")',
    ),
    _pointer(
        "reads-weights-as-text", "plain edges", f'return open(path, encoding="utf-8").read().startswith("{_LINE}")',
    ),
    _pointer("no-first-line", "edges", f'return open(path, "rb").readlines()[0].startswith(b"{_LINE}")'),
    _pointer("no-first-line", "edges", f'return open(path, "rb").read().splitlines()[0] == b"{_LINE}"'),
    _pointer("the-other-way-round", "plain edges", f'return not open(path, "rb").read().startswith(b"{_LINE}")'),
    _pointer("always-true", "plain edges", "return True"),
    _pointer("always-true", "plain edges", "return os.path.exists(path)"),
    _pointer("never-a-pointer", "plain edges", f'return path.startswith("{_LINE}")'),
    _pointer("never-a-pointer", "plain edges", f'return open(path, "rb").readline() == "{_LINE}\\n"'),
    _pointer("never-a-pointer", "plain edges", _FIRST, f'return first == "{_LINE}"'),
    _pointer("only-one-return", "plain edges", f'if open(path, "rb").readline() == b"{_LINE}\\n":', "    return True"),
    _pointer("numbers-or-texts", "plain edges", f'return int(open(path, "rb").readline() == b"{_LINE}\\n")'),
    _pointer("numbers-or-texts", "plain edges", f'return str(open(path, "rb").readline() == b"{_LINE}\\n")'),
    _pointer("returns-nothing", "plain edges", f'open(path, "rb").read().startswith(b"{_LINE}")'),
    _download("notebook-commands", _NOTHING, f"!{_CLONE}"),
    _download("copied-prompt", _NOTHING, f"$ {_CLONE}"),
    _download("typographic-quotes", _NOTHING, "git clone “$HF_ENDPOINT/$OWNER/$NAME”"),
    _download("single-quotes", _NOTHING, "git clone '$HF_ENDPOINT/$OWNER/$NAME'"),
    _download("unknown-variable", _NOTHING, 'git clone "$HF_ENDPOINT/$OWNER/$REPO"'),
    _download("another-hub", _NOTHING, 'git clone "https://huggingface.co/$OWNER/$NAME"'),
    _download("another-hub", _NOTHING, 'git clone "git@hf.co:$OWNER/$NAME"'),
    _download("wrong-address", _NOTHING, 'git clone "$HF_ENDPOINT/datasets/$OWNER/$NAME"'),
    _download("never-cloned", _NOTHING, 'cd "$NAME"', "git lfs install"),
    _download("fixed-owner", _NOTHING, 'git clone "$HF_ENDPOINT/xxx/$NAME"'),
    _download("fixed-owner", _NOTHING, "git clone https://127.0.0.1:9/xxx/mymodel4"),
    _download("fixed-name", _NOTHING, 'git clone "$HF_ENDPOINT/$OWNER/mymodel4"'),
    _download("without-lfs", "weights", f"GIT_LFS_SKIP_SMUDGE=1 {_CLONE}"),
    _download("without-lfs", "weights", "git lfs install --skip-smudge", _CLONE),
    _download("not-a-clone", "clone", 'hf download "$OWNER/$NAME" --local-dir "$NAME"'),
    _download("detached", "clone", _CLONE, 'cd "$NAME"', "git checkout -q $(git rev-parse HEAD)", "git branch -D main"),
    _download("detached", "clone", _CLONE, 'git -C "$NAME" checkout --detach'),
    _download("not-a-clone", "clone", _CLONE, 'rm -rf "$NAME/.git"'),
    _download(
        "not-a-clone", "clone",
        'hf download "$OWNER/$NAME" --local-dir "$NAME"', 'cd "$NAME"', "git init",
        'git fetch "$HF_ENDPOINT/$OWNER/$NAME"',
    ),
    _download(
        "not-a-clone", "files clone",
        'hf download "$OWNER/$NAME" README.md config.json model.safetensors --local-dir "$NAME"',
    ),
    _download("not-a-clone", "clone", _CLONE, 'git -C "$NAME" remote remove origin'),
    _download("another-folder", _NOTHING, f"{_CLONE} model"),
    _download("not-checked-out", "files weights", 'git clone --no-checkout "$HF_ENDPOINT/$OWNER/$NAME"'),
    _download("only-the-top", "files", 'git clone --sparse "$HF_ENDPOINT/$OWNER/$NAME"'),
    _download("bare-clone", _NOTHING, 'git clone --mirror "$HF_ENDPOINT/$OWNER/$NAME" "$NAME"'),
    _repair("notebook-commands", "weights kept", "%cd $NAME", "!git lfs pull"),
    _repair("copied-prompt", "weights kept", '$ cd "$NAME"', "$ git lfs pull"),
    _repair("typographic-quotes", "weights kept", "cd “$NAME”", "git lfs pull"),
    _repair("single-quotes", "weights kept", "cd '$NAME'", "git lfs pull"),
    _repair("unknown-variable", "weights kept", 'cd "$REPO"', "git lfs pull"),
    _repair("clone-over-it", "weights kept", _CLONE),
    _repair("beside-the-clone", "weights kept", "cd mymodel4", "git lfs pull"),
    _repair("beside-the-clone", "weights kept", "git lfs pull", 'ls "$NAME"'),
    _repair("no-lfs-pull", "weights kept", 'cd "$NAME"', "git pull"),
    _repair("no-lfs-pull", "weights kept", 'cd "$NAME"', "git lfs install"),
    _repair("no-lfs-pull", "weights kept", 'cd "$NAME"', "git checkout -- model.safetensors"),
    _repair("only-fetched", "weights kept", 'cd "$NAME"', "git lfs fetch"),
    _repair("cloned-beside", "weights kept", f"{_CLONE} second"),
    _repair("cloned-anew", "kept", 'rm -rf "$NAME"', _CLONE),
    _repair(
        "cloned-anew", "kept",
        'cp "$NAME/my-notes.txt" notes', 'rm -rf "$NAME"', _CLONE, 'mv notes "$NAME/my-notes.txt"',
    ),
    _repair(
        "history-rewritten", "kept",
        'cd "$NAME"', "git lfs pull", "git checkout --orphan new", "git add -A . ':!my-notes.txt'", "git commit -m all",
        "git branch -M main",
    ),
    _repair("history-rewritten", "kept", 'cd "$NAME"', "git lfs pull", "git commit --amend --allow-empty -m other"),
    _repair("cleaned-up", "kept", 'cd "$NAME"', "git lfs pull", "rm .gitattributes"),
    _repair("cleaned-up", "kept", 'cd "$NAME"', "git lfs pull", "echo '*.json -text' > .gitattributes"),
    _repair("put-aside", "kept", 'cd "$NAME"', "git stash --include-untracked", "git lfs pull"),
    _repair("cleaned-up", "kept", 'cd "$NAME"', "git clean -fdx", "git lfs pull"),
    _repair("cleaned-up", "kept", 'cd "$NAME"', "git lfs pull", "echo '{}' > config.json"),
    _repair("no-longer-a-clone", "kept", 'cd "$NAME"', "git lfs pull", "rm -rf .git"),
    _repair("changed-the-hub", "kept", 'cd "$NAME"', "git lfs pull", "git add .", "git commit -m notes", "git push"),
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
            f'        return next(file, "").rstrip() == "{_LINE}"',
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
    _SECTION.right(
        "repair_sh", "checked out anew, with somebody's file moved away and back",
        _script(
            "repair_sh",
            'mv "$NAME/my-notes.txt" .',
            'cd "$NAME"',
            "git lfs install --local",
            "rm model.safetensors",
            "git reset --hard",
            "mv ../my-notes.txt .",
        ),
    ),
    _SECTION.right(
        "download_sh", "git init and pull",
        _script(
            "download_sh",
            'git init -b main "$NAME"',
            'cd "$NAME"',
            'git remote add origin "$HF_ENDPOINT/$OWNER/$NAME.git"',
            "git pull origin main",
        ),
    ),
)  # fmt: skip
