"""2.4: what goes wrong in an upload with git, and what then is, or is not, on the Hub."""

from __future__ import annotations

from collections.abc import Callable

from autograde.judge import unreached
from autograde.judge.acts import replaced
from autograde.judge.beliefs import for_reasons
from autograde.judge.examples import WrongAnswer, script, wrong
from autograde.judge.messages import _
from autograde.judge.observation import Mapping, Observation
from autograde.judge.question import Case, Misconception, WrongModel
from autograde.questions.upload_a_local_model.upload_sh.cases import all_files, needs_lfs, setting
from autograde.questions.upload_a_local_model.upload_sh.facets import FACETS, nothing

#: Lines of example answers.
_CLONE = 'git clone "$HF_ENDPOINT/$OWNER/$NAME"'
_ENTER = 'cd "$NAME"'
_COPY = 'cp -r "$MODEL_FOLDER/." .'
_ADD = "git add ."
_COMMIT = 'git commit -m "Upload the model"'
_PUSH = "git push"


_ALL = "push files lfs commit rest"


def _wrong(lost: str, *lines: str) -> WrongAnswer:
    return wrong(lost, script("upload_sh", *lines))


def _only_some(_case: Case, answer: Observation) -> bool:
    """Whether some of the files have come, as they are, and others have not."""
    files = answer.get("files") if isinstance(answer, Mapping) else None
    return isinstance(files, Mapping) and {status for _path, status in files.items} == {"same", "missing"}


def _something_else(case: Case, answer: Observation) -> bool:
    """Whether none of the files has come under its name, and others have."""
    if not isinstance(answer, Mapping) or answer.get("folder_itself"):
        return False
    return answer.get("files") == all_files(case, "missing") and "files" in str(answer.get("others"))


def _changed(_case: Case, answer: Observation) -> bool:
    """Whether a file has come with other bytes."""
    files = answer.get("files") if isinstance(answer, Mapping) else None
    return isinstance(files, Mapping) and any(status == "different" for _path, status in files.items)


def _without_lfs(others: str, reason: str) -> WrongModel:
    """The weights went into git. The Hub refuses large and binary ones."""
    return lambda case: nothing(case, reason) if needs_lfs(case) else FACETS.answer(case, storage="git", others=others)


def _left_out(case: Case, out: Callable[[str], bool], **changes: Observation) -> Observation:
    """The files whose paths are ``out`` did not come."""
    files = tuple((file.path, "missing" if out(file.path) else "same") for file in setting(case).files)
    return FACETS.answer(case, files=Mapping(files), **changes)


def _hidden(path: str) -> bool:
    """Whether `*` leaves the file out: its name, or that of the folder around it, begins with a dot."""
    return path.startswith(".")


def _below(path: str) -> bool:
    return "/" in path


def _below_or_hidden(path: str) -> bool:
    return _below(path) or _hidden(path)


_for = for_reasons(nothing)


MISCONCEPTIONS = (
    *unreached.named(_for, {
        "fixed-owner": (
            _wrong(_ALL, 'git clone "$HF_ENDPOINT/xxx/$NAME"', _ENTER, _COPY, _ADD, _COMMIT, _PUSH),
            _wrong(
                _ALL, "set -e", 'git clone "$HF_ENDPOINT/xxx/mymodel04"', "cd mymodel04", _COPY, _ADD, _COMMIT, _PUSH,
            ),
        ),
        "fixed-name": (
            _wrong(_ALL, 'git clone "$HF_ENDPOINT/$OWNER/mymodel"', "cd mymodel", _COPY, _ADD, _COMMIT, _PUSH),
            _wrong(_ALL, _CLONE, "cd mymodel04", _COPY, _ADD, _COMMIT, _PUSH),
        ),
        "notebook-commands": (_wrong(
            _ALL, f"!{_CLONE}", "%cd $NAME", f"!{_COPY}", f"!{_ADD}", f"!{_COMMIT}", f"!{_PUSH}",
        ),),
        "single-quotes": (_wrong(
            _ALL, "git clone '$HF_ENDPOINT/$OWNER/$NAME'", "cd '$NAME'", "cp -r '$MODEL_FOLDER/.' .", _ADD, _COMMIT,
            _PUSH,
        ),),
        "copied-prompt": (_wrong(_ALL, *(f"$ {line}" for line in (_CLONE, _ENTER, _COPY, _ADD, _COMMIT, _PUSH))),),
        "typographic-quotes": (
            _wrong(
                _ALL, "git clone “$HF_ENDPOINT/$OWNER/$NAME”", "cd “$NAME”", "cp -r “$MODEL_FOLDER/.” .", _ADD, _COMMIT,
                _PUSH,
            ),
            _wrong(_ALL, _CLONE, _ENTER, "cp -r “$MODEL_FOLDER/.” .", _ADD, _COMMIT, _PUSH),
        ),
        "unknown-variable": (_wrong(
            _ALL, 'git clone "$HF_ENDPOINT/$owner/$NAME"', _ENTER, _COPY, _ADD, _COMMIT, _PUSH,
        ),),
        "another-hub": (_wrong(
            _ALL, 'git clone "https://huggingface.co/$OWNER/$NAME"', _ENTER, _COPY, _ADD, _COMMIT, _PUSH,
        ),),
        "wrong-address": (_wrong(
            _ALL, 'git clone "$HF_ENDPOINT/models/$OWNER/$NAME"', _ENTER, _COPY, _ADD, _COMMIT, _PUSH,
        ),),
        "never-cloned": (
            _wrong(_ALL, _ENTER, _COPY, _ADD, _COMMIT, _PUSH),
            _wrong(_ALL, 'hf upload "$OWNER/$NAME" "$MODEL_FOLDER" . --create-pr --commit-message "Upload the model"'),
        ),
    }),
    Misconception(
        "pointers-only",
        _(
            "Only pointers were to be pushed, and not the weights that they point to: a pointer to a file that the "
            "Hub does not have is refused."
        ),
        _("Copy the weights themselves, and leave out `--no-verify` and whatever else turns git-lfs off."),
        _for("pointers"),
        examples=(
            _wrong(_ALL, _CLONE, _ENTER, _COPY, _ADD, _COMMIT, "git push --no-verify"),
            _wrong(
                _ALL, _CLONE, _ENTER, _COPY, "git lfs pointer --file=model.safetensors > pointer",
                "mv pointer model.safetensors", _ADD, _COMMIT, _PUSH,
            ),
        ),
    ),
    Misconception(
        "not-cloned",
        _(
            "The push was refused because the Hub has a commit that this repository does not have: it was begun anew "
            "(`git init`) and not cloned, or another person has pushed meanwhile."
        ),
        _('Begin with `git clone "$HF_ENDPOINT/$OWNER/$NAME"`: then your commit lies on top of the initial one.'),
        _for("behind"),
        examples=(_wrong(
            _ALL, 'git init -b main "$NAME"', _ENTER, _COPY, "git lfs track '*.safetensors' '*.onnx'", _ADD, _COMMIT,
            'git remote add origin "$HF_ENDPOINT/$OWNER/$NAME"', "git push -u origin main",
        ),),
    ),
    Misconception(
        "push-refused",
        _("The commit was made, and its push has failed: git or the Hub has refused it and says why."),
        _("Read the error, and change what it names. The commit itself is all right."),
        _for("refused"),
        examples=(
            _wrong(_ALL, _CLONE, _ENTER, _COPY, _ADD, _COMMIT, "git push origin master"),
            _wrong(_ALL, _CLONE, _ENTER, "git checkout -b upload", _COPY, _ADD, _COMMIT, _PUSH),
        ),
    ),
    Misconception(
        "empty-commit",
        _("A commit was pushed, and none of the model's files is in it: `--allow-empty`, or other files were added."),
        _("Copy the files into the clone, and name them to git: `git add .`"),
        _for("empty commit"),
        examples=(
            _wrong(_ALL, _CLONE, _ENTER, 'git commit --allow-empty -m "Upload the model"', _PUSH),
            _wrong(_ALL, _CLONE, _ENTER, _COPY, 'git lfs track "*.json"', "git add .gitattributes", _COMMIT, _PUSH),
        ),
    ),
    Misconception(
        "repository-gone",
        _("The repository was deleted or renamed: its address no longer works."),
        _("Leave the repository as it is; the script adds one commit to it."),
        (lambda case: replaced(nothing(case, "gone"), arrived="gone", initial=False),),
        examples=(_wrong(_ALL, 'hf repos delete "$OWNER/$NAME" --yes'),),
    ),
    Misconception(
        "not-pushed",
        _("The commit was made, and stayed on this machine: only `git push` sends it to the Hub."),
        _("Add the last of the five steps."),
        _for("not pushed"),
        examples=(
            _wrong(_ALL, _CLONE, _ENTER, _COPY, _ADD, _COMMIT),
            _wrong(_ALL, _CLONE, _ENTER, _COPY, _ADD, _COMMIT, 'echo "To $HF_ENDPOINT/$OWNER/$NAME"'),
        ),
    ),
    Misconception(
        "wrong-order",
        _(
            "All the steps are there, but in the wrong order: a commit takes what was added, and a push "
            "takes what was committed."
        ),
        _("Keep the order: clone, copy, add, commit, push."),
        _for("wrong order"),
        examples=(
            _wrong(_ALL, _CLONE, _ENTER, _COPY, _COMMIT, _ADD, _PUSH),
            _wrong(_ALL, _CLONE, _ENTER, _COPY, _ADD, _PUSH, _COMMIT),
        ),
    ),
    Misconception(
        "not-committed",
        _(
            "Git knows of the files, and no commit was made: `git commit` is missing, it has failed, or it had no "
            "message (-m) and could not ask for one."
        ),
        _('Between add and push: `git commit -m "..."`.'),
        _for("not committed"),
        examples=(
            _wrong(_ALL, _CLONE, _ENTER, _COPY, _ADD, _PUSH),
            _wrong(_ALL, "set -e", _CLONE, _ENTER, _COPY, _ADD, "git commit", _PUSH),
        ),
    ),
    Misconception(
        "not-added",
        _("The files are in the clone, and git was never told of them: a commit holds only what `git add` has named."),
        _("After the copy: `git add .`"),
        _for("not added"),
        examples=(_wrong(_ALL, _CLONE, _ENTER, _COPY, _COMMIT, _PUSH),),
    ),
    Misconception(
        "copied-beside",
        _("The files were copied beside the clone. Git sees only what lies inside the folder that `git clone` made."),
        _('Go into the clone before you copy: `cd "$NAME"`.'),
        _for("beside the clone"),
        examples=(_wrong(_ALL, _CLONE, _COPY, _ADD, _COMMIT, _PUSH),),
    ),
    Misconception(
        "fixed-folder",
        _(
            "The path of the model folder is fixed in the script. Here the folder is somewhere else, or "
            "has another name."
        ),
        _('Take the path from the variable: "$MODEL_FOLDER".'),
        _for("fixed folder"),
        examples=(
            _wrong(_ALL, _CLONE, _ENTER, "cp -r /home/li/bert-finetuned/. .", _ADD, _COMMIT, _PUSH),
            _wrong(_ALL, _CLONE, _ENTER, "cp -r ../../bert-finetuned/. .", _ADD, _COMMIT, _PUSH),
        ),
    ),
    Misconception(
        "not-copied",
        _("The clone is as the Hub gave it: nothing was copied into it, so there was nothing to commit."),
        _("Copy the contents of the model's folder into the clone before `git add`."),
        _for("clean"),
        examples=(_wrong(_ALL, _CLONE, _ENTER, _ADD, _COMMIT, _PUSH),),
    ),
    Misconception(
        "other-branch",
        _("The commit was pushed to another branch. People who download the model get the branch main."),
        _("Push to main: a fresh clone is on it already, so a plain `git push` does."),
        _for("other branch"),
        examples=(_wrong(
            _ALL, _CLONE, _ENTER, "git checkout -b upload", _COPY, _ADD, _COMMIT,
            "git push --set-upstream origin upload",
        ),),
    ),
    Misconception(
        "folder-itself",
        _(
            "The folder itself was copied, so that all files lie one level too deep: programs look for config.json "
            "at the top of a repository."
        ),
        _('Copy what is in the folder: `cp -r "$MODEL_FOLDER/." .` with the dot at the end.'),
        (
            lambda case: FACETS.answer(case, files=all_files(case, "missing"), folder_itself=True),
            lambda case: FACETS.answer(case, files=all_files(case, "missing"), folder_itself=True, folder="changed"),
        ),
        examples=(
            _wrong("files", _CLONE, _ENTER, 'cp -r "$MODEL_FOLDER" .', _ADD, _COMMIT, _PUSH),
            _wrong("files rest", _CLONE, _ENTER, 'mv "$MODEL_FOLDER" .', _ADD, _COMMIT, _PUSH),
        ),
    ),
    Misconception(
        "not-recursive",
        _("Only the files at the top of the folder were copied. `cp` leaves folders out unless it is told `-r`."),
        _('Copy with folders: `cp -r "$MODEL_FOLDER/." .`'),
        (
            lambda case: _left_out(case, _below),
            lambda case: _left_out(case, _below_or_hidden),
            *_for("not recursive"),
        ),
        examples=(
            _wrong("files", _CLONE, _ENTER, 'cp "$MODEL_FOLDER"/* .', _ADD, _COMMIT, _PUSH),
            _wrong(_ALL, _CLONE, _ENTER, 'cp "$MODEL_FOLDER" .', _ADD, _COMMIT, _PUSH),
        ),
    ),
    Misconception(
        "hidden-files-left-out",
        _(
            "Files and folders whose names begin with a dot were left behind: in bash, `*` stands for all names but "
            "these."
        ),
        _('Copy with `cp -r "$MODEL_FOLDER/." .` and add with `git add .`: the dot takes in everything.'),
        (lambda case: _left_out(case, _hidden),),
        examples=(
            _wrong("files", _CLONE, _ENTER, 'cp -r "$MODEL_FOLDER"/* .', _ADD, _COMMIT, _PUSH),
            _wrong("files", _CLONE, _ENTER, _COPY, "git add *", _COMMIT, _PUSH),
        ),
    ),
    Misconception(
        "moved",
        _(
            "The model folder has lost files: they were moved instead of copied, or removed afterwards. "
            "They are needed there for more training or another upload."
        ),
        _('Copy: `cp -r "$MODEL_FOLDER/." .` leaves the folder as it was.'),
        (
            FACETS.wrong(folder="changed"),
            lambda case: _left_out(case, _hidden, folder="changed"),
        ),
        examples=(
            _wrong("files rest", _CLONE, _ENTER, 'mv "$MODEL_FOLDER"/* .', _ADD, _COMMIT, _PUSH),
            _wrong("rest", _CLONE, _ENTER, _COPY, _ADD, _COMMIT, _PUSH, 'rm -r "$MODEL_FOLDER"'),
        ),
    ),
    Misconception(
        "only-some-files",
        _(
            "Some files have come, and others have not: git takes into a commit what `git add` has named, and `*` "
            "names what is called so in this very folder."
        ),
        _("Add all that is in the clone: `git add .`, with the dot."),
        form=_only_some,
        examples=(
            _wrong("files", _CLONE, _ENTER, _COPY, "git add *.safetensors config.json", _COMMIT, _PUSH),
            _wrong(
                "files", _CLONE, _ENTER, 'cp "$MODEL_FOLDER"/{README.md,config.json,model.safetensors} .', "mkdir onnx",
                'cp "$MODEL_FOLDER"/onnx/model.onnx onnx', _ADD, _COMMIT, _PUSH,
            ),
        ),
    ),
    Misconception(
        "something-else",
        _(
            "Files have come, and none of them is one of the model's under its own name: packed into an archive, "
            "renamed, or in another folder. Programs look for config.json at the top of a repository."
        ),
        _('Copy the files as they are: `cp -r "$MODEL_FOLDER/." .`'),
        form=_something_else,
        examples=(
            _wrong("files lfs rest", _CLONE, _ENTER, 'tar czf model.tar.gz -C "$MODEL_FOLDER" .', _ADD, _COMMIT, _PUSH),
        ),
    ),
    Misconception(
        "changed-on-the-way",
        _(
            "A file on the Hub is not that of the model folder: it was changed in the clone, or something else was "
            "copied."
        ),
        _("Copy the files, and change none of them: their bytes are compared."),
        form=_changed,
        examples=(_wrong("files", _CLONE, _ENTER, _COPY, "echo '{}' > config.json", _ADD, _COMMIT, _PUSH),),
    ),
    Misconception(
        "not-by-git",
        _("The files were uploaded through the Hub's API. That works too, but this exercise is about git."),
        _("Clone, copy, add, commit, push; no `hf upload`."),
        (
            FACETS.wrong(arrived="API"),
            FACETS.wrong(arrived="both"),
            FACETS.wrong(arrived="both", others="branches"),
            FACETS.wrong(arrived="both", on_top=2),
        ),
        examples=(
            _wrong("push", 'hf upload "$OWNER/$NAME" "$MODEL_FOLDER" . --commit-message "Upload the model"'),
            _wrong(
                "push commit", 'hf upload "$OWNER/$NAME" "$MODEL_FOLDER" . --commit-message "Upload the model"', _CLONE,
                _ENTER, 'git commit --allow-empty -m "Upload the model"', _PUSH,
            ),
            _wrong(
                "push", 'hf repos branch create "$OWNER/$NAME" aside',
                'hf upload "$OWNER/$NAME" "$MODEL_FOLDER" . --revision aside --commit-message "Upload the model"',
                _CLONE, _ENTER, "git merge origin/aside", _PUSH, "git push origin --delete aside",
            ),
        ),
    ),
    Misconception(
        "merge-commit",
        _(
            "The upload is one commit, and `git merge --no-ff` put a merge commit on top of it: two commits instead of "
            "one."
        ),
        _("Commit on main directly, or merge without --no-ff: then main just moves forward to your commit."),
        (FACETS.wrong(on_top=2, merges=1),),
        examples=(_wrong(
            "commit", _CLONE, _ENTER, "git checkout -b work", _COPY, _ADD, _COMMIT, "git checkout main",
            'git merge --no-ff -m "Merge the upload" work', _PUSH,
        ),),
    ),
    Misconception(
        "several-commits",
        _("The files came in two commits. Put what belongs together into one, so that the history shows one step."),
        _("Add all files first, then commit once."),
        (FACETS.wrong(on_top=2),),
        examples=(_wrong(
            "commit", _CLONE, _ENTER, _COPY, "git add config.json vocab.txt", _COMMIT, _ADD, 'git commit -m "The rest"',
            _PUSH,
        ),),
    ),
    Misconception(
        "empty-message",
        _("The commit has no message, so the history doesn't say what it was about."),
        _('Say it in a few words: `git commit -m "Upload the model"`.'),
        (FACETS.wrong(message="empty"),),
        examples=(_wrong("commit", _CLONE, _ENTER, _COPY, _ADD, 'git commit --allow-empty-message -m ""', _PUSH),),
    ),
    Misconception(
        "made-anew",
        _(
            "The repository was deleted and created again. On a real Hub its history, discussions and "
            "likes would be gone, and links to its commits would be broken."
        ),
        _("Clone the repository that is there: an upload needs no other."),
        (
            FACETS.wrong(initial=False, anew=True),
            FACETS.wrong(initial=False, anew=True, on_top=2),
        ),
        examples=(_wrong(
            "commit", 'hf repos delete "$OWNER/$NAME" --yes', 'hf repos create "$OWNER/$NAME"', _CLONE, _ENTER, _COPY,
            _ADD, _COMMIT, _PUSH,
        ),),
    ),
    Misconception(
        "history-overwritten",
        _(
            "A new history was pushed over the Hub's: the initial commit, and with it the list of file types for "
            "LFS, is gone. In a repository that others use, their work would be lost."
        ),
        _("Clone first and work in the clone; a push then needs no force."),
        (
            FACETS.wrong(initial=False),
            FACETS.wrong(storage="git", initial=False),
            FACETS.wrong(initial=False, on_top=2),
        ),
        examples=(
            _wrong(
                "commit", 'git init --initial-branch=main "$NAME"', _ENTER, _COPY,
                'git lfs track "*.safetensors" "*.onnx" "*.bin" "*.h5" "*.ot" "*.msgpack"', _ADD, _COMMIT,
                'git remote add origin "$HF_ENDPOINT/$OWNER/$NAME"', "git push --force origin main",
            ),
            _wrong(
                "commit", _CLONE, _ENTER, 'git commit --amend --reset-author -m "initial commit"', _COPY, _ADD, _COMMIT,
                "git push --force",
            ),
        ),
    ),
    Misconception(
        "without-lfs",
        _(
            "The weights went into git itself: .gitattributes, which sends them to LFS, is missing or was replaced. "
            "The Hub refuses binary files that are not in LFS."
        ),
        _("Leave the clone's .gitattributes as it is."),
        (_without_lfs("attributes", "large"),),
        examples=(
            _wrong(_ALL, _CLONE, _ENTER, _COPY, "rm .gitattributes", _ADD, _COMMIT, _PUSH),
            _wrong(
                _ALL, 'git init --initial-branch=main "$NAME"', _ENTER, _COPY, _ADD, _COMMIT,
                'git push --force "$HF_ENDPOINT/$OWNER/$NAME" main',
            ),
        ),
    ),
    Misconception(
        "lfs-switched-off",
        _(
            "git-lfs was switched off, so that the weights went into git itself. .gitattributes only says which files "
            "belong in LFS; git-lfs must be on to put them there. The Hub refuses binary files that are not in LFS."
        ),
        _("Leave out `git lfs uninstall` and whatever else turns git-lfs off."),
        (_without_lfs("", "large without lfs"),),
        examples=(
            _wrong(_ALL, _CLONE, _ENTER, "git lfs uninstall", _COPY, _ADD, _COMMIT, _PUSH),
            _wrong(
                _ALL, "git config --global --remove-section filter.lfs", _CLONE, _ENTER, _COPY, _ADD, _COMMIT, _PUSH,
            ),
        ),
    ),
    Misconception(
        "attributes-removed",
        _(
            "The upload removed .gitattributes from the repository, or lines of it. From now on, anybody's weights go "
            "into git itself and not into LFS."
        ),
        _("Leave .gitattributes as it is; it may only grow."),
        (FACETS.wrong(others="attributes"),),
        examples=(_wrong("rest", _CLONE, _ENTER, _COPY, _ADD, "git rm -q .gitattributes", _COMMIT, _PUSH),),
    ),
    Misconception(
        "more-than-asked",
        _("Everything is there, but there is also something that doesn't belong there."),
        _("Copy and push only what belongs to the model: `git status` lists it before you commit."),
        (
            FACETS.wrong(others="files"),
            FACETS.wrong(others="branches"),
            FACETS.wrong(others="repositories"),
            FACETS.wrong(others="settings"),
        ),
        examples=(
            _wrong("rest", _CLONE, _ENTER, _COPY, "touch notes.txt", _ADD, _COMMIT, _PUSH),
            _wrong(
                "rest", _CLONE, _ENTER, "git checkout -b work", _COPY, _ADD, _COMMIT, "git checkout main",
                "git merge work", "git push --all",
            ),
            _wrong("rest", 'hf repos settings "$OWNER/$NAME" --private', _CLONE, _ENTER, _COPY, _ADD, _COMMIT, _PUSH),
            _wrong(
                "rest", _CLONE, _ENTER, _COPY, 'git clone -q "$HF_ENDPOINT/$OWNER/$NAME" backup', _ADD, _COMMIT, _PUSH,
            ),
        ),
    ),
)  # fmt: skip
