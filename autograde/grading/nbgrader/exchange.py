"""nbgrader's exchange for a class with two languages; set by the kit's configuration.

The language that is released first keeps the assignment's name. Another language gets the name with the language
appended, ``2.6-load-the-downloaded-model-zh``, while its notebook keeps the assignment's own name. So learners without
the kit's configuration fetch it, submit it and receive feedback as for any assignment.
"""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from glob import escape, glob
from pathlib import Path
from typing import Any

from nbgrader.exchange.default import (
    ExchangeCollect,
    ExchangeFetchAssignment,
    ExchangeReleaseAssignment,
    ExchangeReleaseFeedback,
)

from autograde import notebooks, settings
from autograde.errors import UnusableNotebook
from autograde.files import write_file
from autograde.grading.submissions.language import language_of
from autograde.grading.submissions.notebook_names import name_notebook
from autograde.grading.submissions.submitted_files import read_files
from autograde.i18n import messages
from autograde.notebooks.reading import MOST_NOTES, shortened

_ = messages("cli")


class ReleaseEveryLanguage(ExchangeReleaseAssignment):  # type: ignore[misc]
    """Releases an assignment next to the same assignment in another language, which stock nbgrader refuses."""

    dest_path: str

    def init_dest(self) -> None:
        """Choose the folder of this language, or a new one."""
        super().init_dest()
        name = self.coursedir.assignment_id
        here, there = _language(Path(self.src_path), name), _language(Path(self.dest_path), name)
        if here is not None and there is not None and here != there:
            self.dest_path = os.path.join(self.outbound_path, f"{name}-{here}")


class FetchOneLanguage(ExchangeFetchAssignment):  # type: ignore[misc]
    """Fetches an assignment in the learner's language if it was released in that language."""

    src_path: str

    def init_src(self) -> None:
        """Choose the released folder."""
        super().init_src()
        name, language = self.coursedir.assignment_id, settings.language()
        other = Path(self.outbound_path) / f"{name}-{language}"
        if _language(Path(self.src_path), name) != language and _language(other, name) == language:
            self.src_path = str(other)


class CollectEveryLanguage(ExchangeCollect):  # type: ignore[misc]
    """Collects an assignment in every language into one folder, and names each notebook after the assignment."""

    src_records: list[dict[str, Any]]
    inbound_path: str

    def _path_to_record(self, path: str) -> dict[str, Any]:
        """Return the owner and the time in a folder's name; a time of the past if it is none.

        Every user can make folders there, and stock nbgrader stops at the first one that has another name.
        """
        try:
            found: dict[str, Any] = super()._path_to_record(path)
        except (ValueError, OverflowError):
            self.log.warning(_("{name}: not a submission of nbgrader, left out").format(name=path))
            return {"username": "", "filename": path, "timestamp": datetime.min}
        return found

    def _sort_by_timestamp(self, records: list[dict[str, Any]]) -> list[dict[str, Any]]:
        """Return a learner's folders, the latest first; only those that the learner or the instructor made, if any.

        Every user can make a folder with another learner's name, and a later time.
        """
        own = [each for each in records if self._is_trusted(each)]
        found: list[dict[str, Any]] = super()._sort_by_timestamp(own or records)
        return found

    def _is_trusted(self, record: dict[str, Any]) -> bool:
        """Return whether a folder was made by the learner whose name it has, or by the user who collects."""
        folder = Path(self.inbound_path, record["filename"])
        try:
            return folder.stat().st_uid == os.geteuid() or folder.owner() == record["username"]
        except (OSError, KeyError):  # removed meanwhile, or its owner has no name
            return False

    def init_src(self) -> None:
        """Find each learner's latest submission in any language."""
        super().init_src()
        latest = {each["username"]: each for each in self.src_records}
        for language in settings.LANGUAGES:
            with _assignment(self.coursedir, f"{self.coursedir.assignment_id}-{language}"):
                super().init_src()
            for each in self.src_records:
                known = latest.get(each["username"], each)
                latest[each["username"]] = max(
                    (known, each), key=lambda record: (self._is_trusted(record), record["timestamp"])
                )
        self.src_records = [each for each in latest.values() if each["username"]]

    def do_copy(self, src: str, dest: str, log: Any = None) -> None:
        """Copy the ordinary files of a submission; a file ``name (1).IPYNB`` also gets the name nbgrader looks for.

        Stock nbgrader follows links with the instructor's rights, to other learners' submissions for example, and stops
        at the first submission that cannot be copied. Here, such a submission becomes an empty folder.
        """
        try:
            files = read_files(Path(src), ())
            with tempfile.TemporaryDirectory() as scratch:
                ordinary = Path(scratch, "ordinary")
                ordinary.mkdir()
                for name, content in files.content.items():
                    write_file(ordinary / name, content)
                super().do_copy(str(ordinary), dest, log=log)
        except (OSError, RuntimeError, UnusableNotebook) as error:
            self.log.error("%s: %s", src, error)
            os.makedirs(dest, exist_ok=True)
            return
        for name in files.refused[:MOST_NOTES]:
            note = _("not an ordinary file, or its path is too long; left out: {name}").format(name=shortened(name))
            self.log.warning("%s: %s", src, note)
        name_notebook(Path(dest))


class ReleaseFeedbackOfTheExchange(ExchangeReleaseFeedback):  # type: ignore[misc]
    """Releases feedback to learners who submitted through the exchange; stock nbgrader stops at the first other one."""

    src_path: str

    def copy_files(self) -> None:
        """Leave out submissions from a learning platform, which have no secret for the exchange, and name them."""
        folders = {Path(found) for found in glob(self.src_path)}
        own = {each for each in folders if (each / "submission_secret.txt").is_file()}
        elsewhere = sorted(each.parent.name for each in folders - own)
        before = self.src_path
        try:
            # nbgrader's list of learners to leave out cannot hold a name with a comma.
            for each in sorted(own):
                self.src_path = escape(str(each))
                super().copy_files()
        finally:
            self.src_path = before
        if elsewhere:
            message = _(
                "Not released, because they did not submit through the exchange: {names}. Return their pages from"
                " {folder} through your platform."
            )
            self.log.warning(message.format(names=", ".join(elsewhere), folder=self.coursedir.feedback_directory))


@contextmanager
def _assignment(directory: Any, name: str) -> Iterator[None]:
    before = directory.assignment_id
    directory.assignment_id = name
    try:
        yield
    finally:
        directory.assignment_id = before


def _language(folder: Path, assignment: str) -> str | None:
    """Return the language of a released assignment; None if it has no notebook."""
    path = folder / f"{assignment}.ipynb"
    try:
        return language_of(notebooks.read(path)) if path.is_file() else None
    except UnusableNotebook:
        return None
