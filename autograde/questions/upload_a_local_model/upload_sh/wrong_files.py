"""2.4: misconceptions after which the branch main has other files than the model folder."""

from __future__ import annotations

from collections.abc import Callable

from autograde.judge.cases import Case
from autograde.judge.comparison import first_difference
from autograde.judge.facets import has
from autograde.judge.hub_state import FileStatus
from autograde.judge.messages import _
from autograde.judge.observation import Mapping, Observation
from autograde.judge.question import WrongModel, misconception
from autograde.questions.upload_a_local_model.upload_sh.cases import all_files
from autograde.questions.upload_a_local_model.upload_sh.facets import ALL_MISSING, FACETS, UploadFailure, nothing
from autograde.questions.upload_a_local_model.upload_sh.solutions import ALL, wrong_step


def _only_some(_case: Case, answer: Observation) -> bool:
    """Return whether only some of the files were uploaded, and no others."""
    return _statuses(answer) == {FileStatus.SAME, FileStatus.MISSING} and not _other_files(answer)


def _something_else(_case: Case, answer: Observation) -> bool:
    """Return whether other files were uploaded instead of some of the model's."""
    found = _statuses(answer)
    return FileStatus.MISSING in found and found <= {FileStatus.SAME, FileStatus.MISSING} and _other_files(answer)


def _statuses(answer: Observation) -> set[Observation]:
    files = answer.get("files") if isinstance(answer, Mapping) else None
    return {status for _path, status in files.items} if isinstance(files, Mapping) else set()


def _other_files(answer: Observation) -> bool:
    folder_itself = isinstance(answer, Mapping) and answer.get("folder_itself") is True
    return isinstance(answer, Mapping) and "files" in str(answer.get("others")) and not folder_itself


def _changed(_case: Case, answer: Observation) -> bool:
    """Return whether a file was uploaded with different content."""
    return FileStatus.DIFFERENT in _statuses(answer)


def _left_out(out: Callable[[str], bool], **changes: Observation) -> WrongModel:
    """Return the model of an answer without the files whose paths are ``out``."""
    return FACETS.wrong(files=all_files(lambda path: FileStatus.MISSING if out(path) else FileStatus.SAME), **changes)


def _split_at_blanks(case: Case, got: Observation) -> bool:
    """Return whether nothing was copied from a folder with a space in its name, but everything from another one."""
    if " " not in case.initial.folder:
        return first_difference(FACETS.answer(case), got) is None
    return has(reason=UploadFailure.UNQUOTED)(case, got)


def _hidden(path: str) -> bool:
    """Return whether `*` does not match the file: its name, or that of its top folder, begins with a dot."""
    return path.startswith(".")


def _below(path: str) -> bool:
    return "/" in path


def _below_or_hidden(path: str) -> bool:
    return _below(path) or _hidden(path)


WRONG_FILES = (
    misconception(
        "folder-itself",
        _(
            "The folder itself was copied, so all files are one level too deep. Programs look for config.json at the "
            "top level of a repository."
        ),
        _('Copy what is in the folder: `cp -r "$MODEL_FOLDER/." .` with the dot at the end.'),
        wrong_step("files", copy='cp -r "$MODEL_FOLDER" .'),
        wrong_step("files rest", copy='mv "$MODEL_FOLDER" .'),
        models=(
            FACETS.wrong(files=ALL_MISSING, folder_itself=True),
            FACETS.wrong(files=ALL_MISSING, folder_itself=True, folder="changed"),
        ),
    ),
    misconception(
        "unquoted",
        _(
            "A variable stands without quotation marks. bash splits its value at every space: for a folder called "
            "`my model`, the command looks for `my` and for `model`."
        ),
        _('Put each variable between double quotation marks: "$MODEL_FOLDER", "$NAME".'),
        wrong_step(ALL, copy="cp -r $MODEL_FOLDER/. ."),
        wrong_step(ALL, copy='(cd $MODEL_FOLDER && tar cf - .) | tar xf -'),
        form=_split_at_blanks,
    ),
    misconception(
        "not-recursive",
        _("Only the files at the top level of the folder were copied. Without `-r`, `cp` skips folders."),
        _('Copy with folders: `cp -r "$MODEL_FOLDER/." .`'),
        wrong_step("files", copy='cp "$MODEL_FOLDER"/* .'),
        wrong_step(ALL, copy='cp "$MODEL_FOLDER" .'),
        models=(_left_out(_below), _left_out(_below_or_hidden), nothing(UploadFailure.NOT_RECURSIVE)),
    ),
    misconception(
        "hidden-files-left-out",
        _("Files and folders whose names begin with a dot were not copied: in bash, `*` doesn't include them."),
        _('Copy with `cp -r "$MODEL_FOLDER/." .` and add with `git add .`: the dot includes all files.'),
        wrong_step("files", copy='cp -r "$MODEL_FOLDER"/* .'),
        wrong_step("files", add="git add *"),
        models=(_left_out(_hidden),),
    ),
    misconception(
        "moved",
        _(
            "Files of the model folder are gone or changed: they were moved instead of copied, or removed or edited "
            "afterwards. You may need them again."
        ),
        FACETS.step("folder"),
        wrong_step("files rest", copy='mv "$MODEL_FOLDER"/* .'),
        wrong_step("rest", push=(..., 'rm -r "$MODEL_FOLDER"')),
        wrong_step("rest", push=(..., 'mv "$MODEL_FOLDER/model.safetensors" ..')),
        models=(FACETS.wrong(folder="changed"), _left_out(_hidden, folder="changed")),
    ),
    misconception(
        "only-some-files",
        _(
            "Some files are missing. Either they were not copied, or `git add` named only some: a pattern such as "
            "`*.json` matches only names in the current folder. Files that .gitignore names are left out, too."
        ),
        _("Add everything in the clone: `git add .`, with the dot."),
        wrong_step("files", add="git add *.safetensors config.json"),
        wrong_step("files", copy=(
            'cp "$MODEL_FOLDER"/{README.md,config.json,model.safetensors} .', "mkdir onnx",
            'cp "$MODEL_FOLDER"/onnx/model.onnx onnx',
        )),
        form=_only_some,
    ),
    misconception(
        "something-else",
        _(
            "Files of the model are missing, and other files are there instead: the files were packed into an archive, "
            "renamed, put into another folder, or left out by a new .gitignore. Programs look for config.json at the "
            "top level of a repository."
        ),
        _('Copy the files as they are: `cp -r "$MODEL_FOLDER/." .`'),
        wrong_step("files lfs rest", copy='tar czf model.tar.gz -C "$MODEL_FOLDER" .'),
        wrong_step("files rest", copy=(..., "mv README.md readme.md")),
        form=_something_else,
    ),
    misconception(
        "changed-on-the-way",
        _(
            "A file on the Hub differs from the one in the model folder: it was changed in the clone, a link or "
            "another file was copied, or git changed its line ends (`text=auto`, `core.autocrlf`)."
        ),
        _("Copy the files without changing them: the check compares every byte."),
        wrong_step("files", copy=(..., "echo '{}' > config.json")),
        form=_changed,
    ),
)  # fmt: skip
