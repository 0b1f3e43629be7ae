"""Describe a repository's uploads in progress in words."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from autograde.hub.pages.languages import language_of
from autograde.hub.repos.repositories import Repository
from autograde.hub.times import size_text
from autograde.hub.upload_progress import Upload
from autograde.hub.web.calls import Call
from autograde.i18n.translation import marked, translator

#: Announced once on each change, for screen readers.
_ANNOUNCEMENTS = {
    "": marked("{who} is uploading."),
    "done": marked("{who} uploaded {files}, {size}."),
    "refused": marked("The upload of {who} was refused; the terminal says why. Nothing was changed."),
    "broken off": marked("The upload of {who} was broken off; nothing was changed. Start it again."),
}

#: Shown during an upload: with git, with other protocols, and with announced large files.
_GIT = marked("git push by {who}: {size} received")
_OTHER = marked("Upload by {who}: {size} received")
_FILES = marked("Upload by {who}: {size} of {total} received, {complete} of {n} large files")


@dataclass(frozen=True)
class ShownUpload:
    """An upload in words. ``value`` and ``total`` are for a progress bar, in bytes; ``total`` is 0 if unknown."""

    outcome: str
    announcement: str
    shown: str
    value: int
    total: int


def progress(upload: Upload, _: Callable[[str], str]) -> ShownUpload:
    """Describe an upload for a page."""
    who = upload.user or _("an anonymous user")
    files, size = upload.committed
    counted = _("1 file") if files == 1 else _("{n} files").format(n=files)
    announcement = _(_ANNOUNCEMENTS[upload.outcome]).format(who=who, files=counted, size=size_text(size))
    form = _FILES if upload.sizes else _GIT if upload.protocol == "git" else _OTHER
    shown = _(form).format(
        who=who, size=size_text(upload.received), total=size_text(upload.announced), complete=len(upload.complete),
        n=len(upload.sizes),
    )  # fmt: skip
    return ShownUpload(
        upload.outcome, announcement, announcement if upload.outcome else shown,
        min(upload.received, upload.announced), upload.announced,
    )  # fmt: skip


def uploads_in_words(call: Call, repository: Repository) -> list[ShownUpload]:
    """Describe a repository's uploads, in progress or just ended, in the reader's language."""
    _ = translator("hub", language_of(call.request))
    return [progress(upload, _) for upload in call.hub.upload_progress.of(repository.id)]
