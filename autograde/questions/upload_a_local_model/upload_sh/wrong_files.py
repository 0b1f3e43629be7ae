"""2.4: misconceptions after which the branch main has other files than the model folder."""

from __future__ import annotations

from collections.abc import Callable

from autograde.judge.cases import Case
from autograde.judge.execution import replaced
from autograde.judge.hub_state import FileStatus
from autograde.judge.messages import _
from autograde.judge.observation import Mapping, Observation
from autograde.judge.question import Misconception
from autograde.questions.upload_a_local_model.upload_sh.cases import all_files, setting
from autograde.questions.upload_a_local_model.upload_sh.example_code import (
    ADD,
    ALL,
    CLONE,
    COMMIT,
    COPY,
    ENTER,
    PUSH,
    wrong,
)
from autograde.questions.upload_a_local_model.upload_sh.facets import FACETS, UploadFailure
from autograde.questions.upload_a_local_model.upload_sh.nothing_arrived import for_cause


def _only_some(_case: Case, answer: Observation) -> bool:
    """Whether some of the files have come, as they are, and others have not."""
    files = answer.get("files") if isinstance(answer, Mapping) else None
    return isinstance(files, Mapping) and {status for _path, status in files.items} == {
        FileStatus.SAME,
        FileStatus.MISSING,
    }


def _something_else(case: Case, answer: Observation) -> bool:
    """Whether none of the files has come under its name, and others have."""
    if not isinstance(answer, Mapping) or answer.get("folder_itself"):
        return False
    return answer.get("files") == all_files(case, FileStatus.MISSING) and "files" in str(answer.get("others"))


def _changed(_case: Case, answer: Observation) -> bool:
    """Whether a file has come with other bytes."""
    files = answer.get("files") if isinstance(answer, Mapping) else None
    return isinstance(files, Mapping) and any(status == FileStatus.DIFFERENT for _path, status in files.items)


def _left_out(case: Case, out: Callable[[str], bool], **changes: Observation) -> Observation:
    """The files whose paths are ``out`` did not come."""
    files = tuple(
        (file.path, FileStatus.MISSING if out(file.path) else FileStatus.SAME) for file in setting(case).files
    )
    return FACETS.answer(case, files=Mapping(files), **changes)


def _folder_itself(case: Case) -> Mapping:
    """The model folder lies inside the repository."""
    return FACETS.answer(case, files=all_files(case, FileStatus.MISSING), folder_itself=True)


def _hidden(path: str) -> bool:
    """Whether `*` leaves the file out: its name, or that of the folder around it, begins with a dot."""
    return path.startswith(".")


def _below(path: str) -> bool:
    return "/" in path


def _below_or_hidden(path: str) -> bool:
    return _below(path) or _hidden(path)


WRONG_FILES = (
    Misconception(
        "folder-itself",
        _(
            "The folder itself was copied, so that all files lie one level too deep: programs look for config.json "
            "at the top of a repository."
        ),
        _('Copy what is in the folder: `cp -r "$MODEL_FOLDER/." .` with the dot at the end.'),
        (
            _folder_itself,
            lambda case: replaced(_folder_itself(case), folder="changed"),
        ),
        examples=(
            wrong("files", CLONE, ENTER, 'cp -r "$MODEL_FOLDER" .', ADD, COMMIT, PUSH),
            wrong("files rest", CLONE, ENTER, 'mv "$MODEL_FOLDER" .', ADD, COMMIT, PUSH),
        ),
    ),
    Misconception(
        "not-recursive",
        _("Only the files at the top of the folder were copied. `cp` leaves folders out unless it is told `-r`."),
        _('Copy with folders: `cp -r "$MODEL_FOLDER/." .`'),
        (
            lambda case: _left_out(case, _below),
            lambda case: _left_out(case, _below_or_hidden),
            *for_cause(UploadFailure.NOT_RECURSIVE),
        ),
        examples=(
            wrong("files", CLONE, ENTER, 'cp "$MODEL_FOLDER"/* .', ADD, COMMIT, PUSH),
            wrong(ALL, CLONE, ENTER, 'cp "$MODEL_FOLDER" .', ADD, COMMIT, PUSH),
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
            wrong("files", CLONE, ENTER, 'cp -r "$MODEL_FOLDER"/* .', ADD, COMMIT, PUSH),
            wrong("files", CLONE, ENTER, COPY, "git add *", COMMIT, PUSH),
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
            wrong("files rest", CLONE, ENTER, 'mv "$MODEL_FOLDER"/* .', ADD, COMMIT, PUSH),
            wrong("rest", CLONE, ENTER, COPY, ADD, COMMIT, PUSH, 'rm -r "$MODEL_FOLDER"'),
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
            wrong("files", CLONE, ENTER, COPY, "git add *.safetensors config.json", COMMIT, PUSH),
            wrong(
                "files", CLONE, ENTER, 'cp "$MODEL_FOLDER"/{README.md,config.json,model.safetensors} .', "mkdir onnx",
                'cp "$MODEL_FOLDER"/onnx/model.onnx onnx', ADD, COMMIT, PUSH,
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
            wrong("files lfs rest", CLONE, ENTER, 'tar czf model.tar.gz -C "$MODEL_FOLDER" .', ADD, COMMIT, PUSH),
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
        examples=(wrong("files", CLONE, ENTER, COPY, "echo '{}' > config.json", ADD, COMMIT, PUSH),),
    ),
)  # fmt: skip
