"""The repository panel shows a repository's files and commits, and follows a push or an upload live.

A thread asks the Hub every half second, so that the panel works while ``git push`` keeps the kernel busy. It stops when
a new commit has arrived, or after a long time without changes.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from html import escape
from html.parser import HTMLParser
from typing import Any, ClassVar

import ipywidgets

from autograde import settings
from autograde.errors import HubRefused, KitError
from autograde.i18n.translation import messages
from autograde.widgets.notes import note, refusal
from autograde.widgets.refusals import in_the_hubs_words
from autograde.widgets.tables import table

_ = messages("widgets")

#: Seconds between two requests to the Hub.
INTERVAL = 0.5

#: Seconds without a change after which the panel stops.
PATIENCE = 600

#: Number of commits that are shown.
COMMITS = 5


@dataclass(frozen=True)
class ListedFile:
    """A file of the repository: its path, its size in bytes, and whether it is in LFS."""

    path: str
    size: int
    lfs: bool


@dataclass(frozen=True)
class Arriving:
    """An upload to the repository, as the Hub describes it.

    Attributes:
        message: the Hub's message, in the reader's language.
        received: bytes so far; 0 if unknown.
        expected: total bytes; 0 if unknown.
        over: whether the upload has ended.
    """

    message: str
    received: int = 0
    expected: int = 0
    over: bool = False


@dataclass(frozen=True)
class RepositoryState:
    """The state of a repository at one moment.

    Attributes:
        files: its files, sorted by path.
        commits: short id and title of each commit, newest first.
        arriving: current and recent uploads.
    """

    files: tuple[ListedFile, ...] = ()
    commits: tuple[tuple[str, str], ...] = ()
    arriving: tuple[Arriving, ...] = ()

    @property
    def quiet(self) -> bool:
        """Whether no upload is in progress."""
        return all(each.over for each in self.arriving)


def look(repo_id: str) -> RepositoryState:
    """Return the current state of a repository.

    Raises:
        HubRefused: the Hub refuses the request.
        HubUnreachable: the Hub does not answer.
    """
    from huggingface_hub import HfApi
    from huggingface_hub.hf_api import RepoFile

    api = HfApi()
    arriving = _arriving(repo_id)
    with in_the_hubs_words():
        tree = list(api.list_repo_tree(repo_id, recursive=True))
        commits = api.list_repo_commits(repo_id)
    files = sorted(
        (ListedFile(each.path, each.size, each.lfs is not None) for each in tree if isinstance(each, RepoFile)),
        key=lambda file: file.path,
    )
    return RepositoryState(tuple(files), tuple((each.commit_id[:8], each.title) for each in commits), arriving)


def _arriving(repo_id: str) -> tuple[Arriving, ...]:
    """Return the uploads that the Hub reports; empty if it has no such page or does not show it to you."""
    import httpx2
    from huggingface_hub import get_session

    address = f"{settings.endpoint()}/{repo_id}/incoming"
    try:
        answer = get_session().get(address, headers={"Accept-Language": settings.language()})
    except httpx2.TransportError:
        return ()
    if answer.status_code != 200:
        return ()
    reader = _ArrivalReader()
    reader.feed(answer.text)
    return tuple(reader.found)


class _ArrivalReader(HTMLParser):
    """Parses the part of a repository's page that describes uploads."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[Arriving] = []
        self._over = False
        self._words: list[str] | None = None

    def handle_starttag(self, tag: str, attributes: list[tuple[str, str | None]]) -> None:
        """Start an upload, or read its progress."""
        given = {name: value or "" for name, value in attributes}
        if "upload" in given.get("class", "").split():
            self._over = "ended" in given["class"].split()
        elif tag == "p":
            self._words = []
        elif tag == "progress" and self.found:
            last = self.found[-1]
            self.found[-1] = Arriving(last.message, int(given.get("value") or 0), int(given.get("max") or 0), last.over)

    def handle_data(self, data: str) -> None:
        """Collect the text of a sentence."""
        if self._words is not None:
            self._words.append(data)

    def handle_endtag(self, tag: str) -> None:
        """Finish a sentence, without the symbol at its start."""
        if tag == "p" and self._words is not None:
            self.found.append(Arriving("".join(self._words).strip().lstrip("↑✓✗ "), over=self._over))
            self._words = None


class RepositoryPanel(ipywidgets.VBox):
    """Files and commits of a repository, updated until a new commit has arrived.

    Attributes:
        repo_id: ``owner/name``.
        snapshot: the last known state; None before the first answer.
        shown: the tables.
        status: whether the panel is following, and current uploads.
        button: starts following again.
    """

    _following: ClassVar[dict[str, RepositoryPanel]] = {}

    def __init__(
        self,
        repo_id: str,
        *,
        look: Callable[[str], RepositoryState] = look,
        interval: float = INTERVAL,
        patience: float = PATIENCE,
    ) -> None:
        """Show ``repo_id`` and follow it.

        Args:
            repo_id: owner and name of a model.
            look: returns the current state; tests replace it.
            interval: seconds between two requests.
            patience: seconds without a change after which it stops.
        """
        self.repo_id, self._look, self._interval, self._patience = repo_id, look, interval, patience
        self.snapshot: RepositoryState | None = None
        self._before: RepositoryState | None = None
        self._end = threading.Event()
        self._thread: threading.Thread | None = None
        self.shown, self.status = ipywidgets.HTML(), ipywidgets.HTML()
        self.button = ipywidgets.Button(
            description=_("Follow again"), icon="refresh", layout={"width": "auto", "align_self": "flex-start"}
        )
        self.button.on_click(lambda _button: self.follow())
        address = _("On the Hub: {address}").format(address=repo_id)
        heading = ipywidgets.HTML(f"<b>{escape(address)}</b>")
        super().__init__([heading, self.status, self.shown, self.button])
        self.follow()

    @property
    def follows(self) -> bool:
        """Whether the panel is polling the Hub."""
        return self._thread is not None and self._thread.is_alive()

    def follow(self) -> None:
        """Poll the repository until a new commit arrives, starting now. Another panel of the same repository stops."""
        if other := self._following.pop(self.repo_id, None):
            other.stop()
        self._following[self.repo_id] = self
        try:
            self._before = self.snapshot = self._look(self.repo_id)
        except KitError as error:
            self.status.value, self.button.disabled = refusal(error), False
            return
        self.shown.value = tables(self.snapshot, self._before)
        self._say(note("hint", _("This panel follows the repository. Go on with the next cell.")), following=True)
        self._end = threading.Event()
        self._thread = threading.Thread(target=self._run, args=(self._end,), name=f"follow {self.repo_id}", daemon=True)
        self._thread.start()

    def stop(self) -> None:
        """Stop following, and wait for the last request to end."""
        self._end.set()
        if self._thread is not None and self._thread is not threading.current_thread():
            self._thread.join()

    def wait(self, seconds: float) -> bool:
        """Wait at most ``seconds`` until the panel has stopped by itself; return whether it has."""
        if self._thread is not None:
            self._thread.join(seconds)
        return not self.follows

    def _run(self, end: threading.Event) -> None:
        """Poll until a commit has arrived, nothing has changed for a long time, or ``end`` is set."""
        changed = time.monotonic()
        while not end.wait(self._interval):
            try:
                found = self._look(self.repo_id)
            except HubRefused as error:
                self._say(refusal(error), following=False)
                return
            except KitError as error:
                # Keep polling: the Hub may become available again.
                self._say(refusal(error), following=True)
                found = self.snapshot or RepositoryState()
            if found != self.snapshot:
                changed = time.monotonic()
                self._show(found)
                if self._arrived(found):
                    title = found.commits[0][1]
                    message = _("A new commit has arrived: “{title}”.").format(title=title)
                    self._say(note("done", message, _("The panel stopped following.")), following=False)
                    return
            if time.monotonic() - changed > self._patience:
                message = _("Nothing has happened for a while, so the panel stopped following.")
                self._say(note("hint", message), following=False)
                return
        self._say(note("hint", _("The panel stopped following.")), following=False)

    def _arrived(self, found: RepositoryState) -> bool:
        assert self._before is not None
        return found.quiet and found.commits[:1] != self._before.commits[:1]

    def _show(self, found: RepositoryState) -> None:
        self.snapshot = found
        self.shown.value = tables(found, self._before or found)
        going = [each for each in found.arriving if not each.over]
        if going:
            self._say("".join(note("busy", each.message) + _bar(each) for each in going), following=True)

    def _say(self, status: str, *, following: bool) -> None:
        self.status.value, self.button.disabled = status, following

    def __repr__(self) -> str:
        if self.snapshot is None:
            return f"RepositoryPanel({self.repo_id!r})"
        files = [f"{file.size:>12,}  {_place(file):4} {file.path}" for file in self.snapshot.files]
        commits = [f"{short}  {title}" for short, title in self.snapshot.commits[:COMMITS]]
        return "\n".join([_("Files:"), *files, _("Commits:"), *commits])

    def close(self) -> Any:
        """Stop following, and remove the widget."""
        self.stop()
        return super().close()


def tables(now: RepositoryState, before: RepositoryState) -> str:
    """Return files and commits as HTML; new ones since ``before`` are marked with a symbol and a word."""
    word = _("new")
    new = f"<b>✚ {escape(word)}</b>"
    old_files, old_commits = set(before.files), set(before.commits)
    files = [
        [escape(file.path), f"{file.size:,}", escape(_place(file)), "" if file in old_files else new]
        for file in now.files
    ]
    commits = [
        [f"<code>{escape(commit[0])}</code>", escape(commit[1]), "" if commit in old_commits else new]
        for commit in now.commits[:COMMITS]
    ]
    columns = [_("file"), _("bytes"), _("kept in"), ""]
    return table(_("Files"), columns, files, align="left", other={1}) + table(
        _("Newest commits"), [_("commit"), _("message"), ""], commits, align="left"
    )


def _place(file: ListedFile) -> str:
    return "LFS" if file.lfs else "git"


def _bar(arriving: Arriving) -> str:
    if not arriving.expected:
        return ""
    label = escape(_("Upload"))
    return f'<progress max="{arriving.expected}" value="{arriving.received}" aria-label="{label}"></progress>'
