"""2.4: scripts that upload a model folder."""

from __future__ import annotations

from autograde.grading.answers.answer import RightAnswer, Section, WrongAnswer

_SECTION = Section("2.4")


def _script(*lines: str) -> str:
    return 'upload_sh = r"""\n' + "".join(f"{line}\n" for line in lines) + '"""\n'


_CLONE = 'git clone "$HF_ENDPOINT/$OWNER/$NAME"'
_ENTER = 'cd "$NAME"'
_COPY = 'cp -r "$MODEL_FOLDER/." .'
_ADD = "git add ."
_COMMIT = 'git commit -m "Upload the model"'
_PUSH = "git push"


def _wrong(misconception: str, lost: str, *lines: str) -> WrongAnswer:
    return _SECTION.wrong("upload_sh", misconception, lost, _script(*lines))


def _right(style: str, *lines: str) -> RightAnswer:
    return _SECTION.right("upload_sh", style, _script(*lines))


_ALL = "push files lfs commit rest"

WRONG: tuple[WrongAnswer, ...] = (
    _wrong("fixed-owner", _ALL, 'git clone "$HF_ENDPOINT/xxx/$NAME"', _ENTER, _COPY, _ADD, _COMMIT, _PUSH),
    _wrong(
        "fixed-owner", _ALL,
        "set -e", 'git clone "$HF_ENDPOINT/xxx/mymodel04"', "cd mymodel04", _COPY, _ADD, _COMMIT, _PUSH,
    ),
    _wrong(
        "fixed-name", _ALL, 'git clone "$HF_ENDPOINT/$OWNER/mymodel"', "cd mymodel", _COPY, _ADD, _COMMIT, _PUSH
    ),
    _wrong("notebook-commands", _ALL, f"!{_CLONE}", "%cd $NAME", f"!{_COPY}", f"!{_ADD}", f"!{_COMMIT}", f"!{_PUSH}"),
    _wrong(
        "single-quotes", _ALL,
        "git clone '$HF_ENDPOINT/$OWNER/$NAME'", "cd '$NAME'", "cp -r '$MODEL_FOLDER/.' .", _ADD, _COMMIT, _PUSH,
    ),
    _wrong("copied-prompt", _ALL, *(f"$ {line}" for line in (_CLONE, _ENTER, _COPY, _ADD, _COMMIT, _PUSH))),
    _wrong(
        "typographic-quotes", _ALL,
        "git clone “$HF_ENDPOINT/$OWNER/$NAME”", "cd “$NAME”", "cp -r “$MODEL_FOLDER/.” .", _ADD, _COMMIT, _PUSH,
    ),
    _wrong("typographic-quotes", _ALL, _CLONE, _ENTER, "cp -r “$MODEL_FOLDER/.” .", _ADD, _COMMIT, _PUSH),
    _wrong("unknown-variable", _ALL, 'git clone "$HF_ENDPOINT/$owner/$NAME"', _ENTER, _COPY, _ADD, _COMMIT, _PUSH),
    _wrong("another-hub", _ALL, 'git clone "https://huggingface.co/$OWNER/$NAME"', _ENTER, _COPY, _ADD, _COMMIT, _PUSH),
    _wrong("wrong-address", _ALL, 'git clone "$HF_ENDPOINT/models/$OWNER/$NAME"', _ENTER, _COPY, _ADD, _COMMIT, _PUSH),
    _wrong("pointers-only", _ALL, _CLONE, _ENTER, _COPY, _ADD, _COMMIT, "git push --no-verify"),
    _wrong(
        "not-cloned", _ALL,
        'git init -b main "$NAME"', _ENTER, _COPY, "git lfs track '*.safetensors' '*.onnx'", _ADD, _COMMIT,
        'git remote add origin "$HF_ENDPOINT/$OWNER/$NAME"', "git push -u origin main",
    ),
    _wrong("push-refused", _ALL, _CLONE, _ENTER, _COPY, _ADD, _COMMIT, "git push origin master"),
    _wrong("push-refused", _ALL, _CLONE, _ENTER, "git checkout -b upload", _COPY, _ADD, _COMMIT, _PUSH),
    _wrong(
        "pointers-only", _ALL,
        _CLONE, _ENTER, _COPY, "git lfs pointer --file=model.safetensors > pointer", "mv pointer model.safetensors",
        _ADD, _COMMIT, _PUSH,
    ),
    _wrong("never-cloned", _ALL, _ENTER, _COPY, _ADD, _COMMIT, _PUSH),
    _wrong(
        "never-cloned", _ALL,
        'hf upload "$OWNER/$NAME" "$MODEL_FOLDER" . --create-pr --commit-message "Upload the model"',
    ),
    _wrong("empty-commit", _ALL, _CLONE, _ENTER, 'git commit --allow-empty -m "Upload the model"', _PUSH),
    _wrong(
        "empty-commit", _ALL, _CLONE, _ENTER, _COPY, 'git lfs track "*.json"', "git add .gitattributes", _COMMIT, _PUSH
    ),
    _wrong("repository-gone", _ALL, 'hf repos delete "$OWNER/$NAME" --yes'),
    _wrong("not-pushed", _ALL, _CLONE, _ENTER, _COPY, _ADD, _COMMIT),
    _wrong("not-pushed", _ALL, _CLONE, _ENTER, _COPY, _ADD, _COMMIT, 'echo "To $HF_ENDPOINT/$OWNER/$NAME"'),
    _wrong("not-committed", _ALL, _CLONE, _ENTER, _COPY, _ADD, _PUSH),
    _wrong("not-committed", _ALL, "set -e", _CLONE, _ENTER, _COPY, _ADD, "git commit", _PUSH),
    _wrong("not-added", _ALL, _CLONE, _ENTER, _COPY, _COMMIT, _PUSH),
    _wrong("copied-beside", _ALL, _CLONE, _COPY, _ADD, _COMMIT, _PUSH),
    _wrong("fixed-name", _ALL, _CLONE, "cd mymodel04", _COPY, _ADD, _COMMIT, _PUSH),
    _wrong("wrong-order", _ALL, _CLONE, _ENTER, _COPY, _COMMIT, _ADD, _PUSH),
    _wrong("wrong-order", _ALL, _CLONE, _ENTER, _COPY, _ADD, _PUSH, _COMMIT),
    _wrong("fixed-folder", _ALL, _CLONE, _ENTER, "cp -r /home/li/bert-finetuned/. .", _ADD, _COMMIT, _PUSH),
    _wrong("fixed-folder", _ALL, _CLONE, _ENTER, "cp -r ../../bert-finetuned/. .", _ADD, _COMMIT, _PUSH),
    _wrong("not-copied", _ALL, _CLONE, _ENTER, _ADD, _COMMIT, _PUSH),
    _wrong(
        "other-branch", _ALL,
        _CLONE, _ENTER, "git checkout -b upload", _COPY, _ADD, _COMMIT, "git push --set-upstream origin upload",
    ),
    _wrong("folder-itself", "files", _CLONE, _ENTER, 'cp -r "$MODEL_FOLDER" .', _ADD, _COMMIT, _PUSH),
    _wrong("folder-itself", "files rest", _CLONE, _ENTER, 'mv "$MODEL_FOLDER" .', _ADD, _COMMIT, _PUSH),
    _wrong("not-recursive", "files", _CLONE, _ENTER, 'cp "$MODEL_FOLDER"/* .', _ADD, _COMMIT, _PUSH),
    _wrong("not-recursive", _ALL, _CLONE, _ENTER, 'cp "$MODEL_FOLDER" .', _ADD, _COMMIT, _PUSH),
    _wrong("changed-on-the-way", "files", _CLONE, _ENTER, _COPY, "echo '{}' > config.json", _ADD, _COMMIT, _PUSH),
    _wrong("only-some-files", "files", _CLONE, _ENTER, _COPY, "git add *.safetensors config.json", _COMMIT, _PUSH),
    _wrong(
        "something-else", "files lfs rest",
        _CLONE, _ENTER, 'tar czf model.tar.gz -C "$MODEL_FOLDER" .', _ADD, _COMMIT, _PUSH,
    ),
    _wrong("not-by-git", "push", 'hf upload "$OWNER/$NAME" "$MODEL_FOLDER" . --commit-message "Upload the model"'),
    _wrong(
        "not-by-git", "push commit",
        'hf upload "$OWNER/$NAME" "$MODEL_FOLDER" . --commit-message "Upload the model"',
        _CLONE, _ENTER, 'git commit --allow-empty -m "Upload the model"', _PUSH,
    ),
    _wrong(
        "not-by-git", "push",
        'hf repos branch create "$OWNER/$NAME" aside',
        'hf upload "$OWNER/$NAME" "$MODEL_FOLDER" . --revision aside --commit-message "Upload the model"',
        _CLONE, _ENTER, "git merge origin/aside", _PUSH, "git push origin --delete aside",
    ),
    _wrong("empty-message", "commit", _CLONE, _ENTER, _COPY, _ADD, 'git commit --allow-empty-message -m ""', _PUSH),
    _wrong(
        "made-anew", "commit",
        'hf repos delete "$OWNER/$NAME" --yes', 'hf repos create "$OWNER/$NAME"',
        _CLONE, _ENTER, _COPY, _ADD, _COMMIT, _PUSH,
    ),
    _wrong("more-than-asked", "rest", _CLONE, _ENTER, _COPY, "touch notes.txt", _ADD, _COMMIT, _PUSH),
    _wrong(
        "more-than-asked", "rest",
        _CLONE, _ENTER, "git checkout -b work", _COPY, _ADD, _COMMIT, "git checkout main", "git merge work",
        "git push --all",
    ),
    _wrong(
        "more-than-asked", "rest",
        'hf repos settings "$OWNER/$NAME" --private', _CLONE, _ENTER, _COPY, _ADD, _COMMIT, _PUSH,
    ),
    _wrong("moved", "files rest", _CLONE, _ENTER, 'mv "$MODEL_FOLDER"/* .', _ADD, _COMMIT, _PUSH),
    _wrong("moved", "rest", _CLONE, _ENTER, _COPY, _ADD, _COMMIT, _PUSH, 'rm -r "$MODEL_FOLDER"'),
    _wrong(
        "more-than-asked", "rest",
        _CLONE, _ENTER, _COPY, 'git clone -q "$HF_ENDPOINT/$OWNER/$NAME" backup', _ADD, _COMMIT, _PUSH,
    ),
    _wrong("hidden-files-left-out", "files", _CLONE, _ENTER, 'cp -r "$MODEL_FOLDER"/* .', _ADD, _COMMIT, _PUSH),
    _wrong("hidden-files-left-out", "files", _CLONE, _ENTER, _COPY, "git add *", _COMMIT, _PUSH),
    _wrong("only-some-files", "files",
        _CLONE, _ENTER, 'cp "$MODEL_FOLDER"/{README.md,config.json,model.safetensors} .', "mkdir onnx",
        'cp "$MODEL_FOLDER"/onnx/model.onnx onnx', _ADD, _COMMIT, _PUSH,
    ),
    _wrong("attributes-removed", "rest", _CLONE, _ENTER, _COPY, _ADD, "git rm -q .gitattributes", _COMMIT, _PUSH),
    _wrong(
        "merge-commit", "commit",
        _CLONE, _ENTER, "git checkout -b work", _COPY, _ADD, _COMMIT, "git checkout main",
        'git merge --no-ff -m "Merge the upload" work', _PUSH,
    ),
    _wrong("lfs-switched-off", "lfs", _CLONE, _ENTER, "git lfs uninstall", _COPY, _ADD, _COMMIT, _PUSH),
    _wrong(
        "lfs-switched-off", "lfs",
        "git config --global --remove-section filter.lfs", _CLONE, _ENTER, _COPY, _ADD, _COMMIT, _PUSH,
    ),
    _wrong(
        "several-commits", "commit",
        _CLONE, _ENTER, _COPY, "git add config.json vocab.txt", _COMMIT, _ADD, 'git commit -m "The rest"', _PUSH,
    ),
    _wrong(
        "history-overwritten", _ALL,
        'git init --initial-branch=main "$NAME"', _ENTER, _COPY, _ADD, _COMMIT,
        'git push --force "$HF_ENDPOINT/$OWNER/$NAME" main',
    ),
    _wrong(
        "history-overwritten", "commit",
        'git init --initial-branch=main "$NAME"', _ENTER, _COPY,
        'git lfs track "*.safetensors" "*.onnx" "*.bin" "*.h5" "*.ot" "*.msgpack"', _ADD, _COMMIT,
        'git remote add origin "$HF_ENDPOINT/$OWNER/$NAME"', "git push --force origin main",
    ),
    _wrong(
        "history-overwritten", "commit",
        _CLONE, _ENTER, 'git commit --amend --reset-author -m "initial commit"', _COPY, _ADD, _COMMIT,
        "git push --force",
    ),
    _wrong("without-lfs", _ALL, _CLONE, _ENTER, _COPY, "rm .gitattributes", _ADD, _COMMIT, _PUSH),
)  # fmt: skip

RIGHT: tuple[RightAnswer, ...] = (
    _right(
        "set -e, pushd, every file by itself, noise",
        "#!/bin/bash",
        "set -euo pipefail",
        'echo "uploading $NAME" >&2',
        'git clone --quiet "$HF_ENDPOINT/$OWNER/$NAME" the-clone',
        "pushd the-clone",
        'cp -r "$MODEL_FOLDER"/. .',
        "git add --all",
        'git commit --quiet --message "upload" --message "A longer text."',
        "git push origin main",
        "popd",
        "rm -rf the-clone",
    ),
    _right(
        "git -C, one line, Windows line ends",
        'D=$(mktemp -d) && git clone "$HF_ENDPOINT/$OWNER/$NAME" "$D" && cp -r "$MODEL_FOLDER"/. "$D" \\\r',
        '  && git -C "$D" add -A && git -C "$D" commit -m x && git -C "$D" push origin HEAD:main\r',
    ),
    _right(
        "a branch that is merged, and a name of one's own",
        "git config --global user.name 'Li Hua'",
        "git config --global user.email li@example.org",
        _CLONE,
        _ENTER,
        "git checkout -b work",
        _COPY,
        _ADD,
        "git commit -F - <<END",
        "Upload $NAME",
        "END",
        "git checkout main",
        "git merge work",
        _PUSH,
    ),
    _right(
        "in the model folder itself, with more types for LFS",
        'cd "$MODEL_FOLDER"',
        "git init -b main",
        'git remote add origin "$HF_ENDPOINT/$OWNER/$NAME"',
        "git pull origin main",
        'git lfs track "*.json"',
        _ADD,
        _COMMIT,
        "git push origin main",
    ),
)  # fmt: skip
