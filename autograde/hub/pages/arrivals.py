"""What is arriving for a repository right now, in words."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from autograde.hub.incoming import Arrival
from autograde.hub.pages.view import language_of
from autograde.hub.refusals import _marked
from autograde.hub.repos.repositories import Repository
from autograde.hub.times import size_text
from autograde.hub.web.calls import Call
from autograde.i18n.translation import translator

#: What is said once when something changes, for those who listen to the page.
_SAID = {
    "": _marked("{who} is uploading."),
    "done": _marked("{who} uploaded {files}, {size}."),
    "refused": _marked("The upload of {who} was refused; the terminal says why. Nothing was changed."),
    "broken off": _marked("The upload of {who} was broken off; nothing was changed. Start it again."),
}

#: What is shown while it goes on: of git, of any other way, and where large files were announced.
_GIT = _marked("git push by {who}: {size} received")
_OTHER = _marked("Upload by {who}: {size} received")
_FILES = _marked("Upload by {who}: {size} of {total} received, {whole} of {n} large files")


@dataclass(frozen=True)
class Progress:
    """An arrival in words. ``value`` and ``most`` are for a bar, in bytes; ``most`` is 0 where the end is not known."""

    outcome: str
    said: str
    shown: str
    value: int
    most: int


def progress(arrival: Arrival, _: Callable[[str], str]) -> Progress:
    """What a page says of an arrival."""
    who = arrival.user or _("somebody")
    files, size = arrival.brought
    counted = _("1 file") if files == 1 else _("{n} files").format(n=files)
    said = _(_SAID[arrival.outcome]).format(who=who, files=counted, size=size_text(size))
    form = _FILES if arrival.sizes else _GIT if arrival.way == "git" else _OTHER
    shown = _(form).format(
        who=who, size=size_text(arrival.received), total=size_text(arrival.announced), whole=len(arrival.here),
        n=len(arrival.sizes),
    )  # fmt: skip
    return Progress(
        arrival.outcome, said, said if arrival.outcome else shown, min(arrival.received, arrival.announced),
        arrival.announced,
    )  # fmt: skip


def arriving(call: Call, repository: Repository) -> list[Progress]:
    """What is arriving for a repository, or did a moment ago, in the reader's language."""
    _ = translator("hub", language_of(call.request))
    return [progress(arrival, _) for arrival in call.hub.incoming.of(repository.id)]
