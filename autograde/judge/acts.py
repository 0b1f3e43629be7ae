"""Acts: answers that are done and not only computed, and judged by what is on the Hub afterwards.

A question with an :class:`Act` is replayed: for each case, the referee creates the case's :class:`Setting` on a
new Hub, the learner's side runs the answer, and this module combines what both report into the observation that the
rubric examines.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from autograde.judge.observation import Mapping, Observation, Other, Raised, Sequence

if TYPE_CHECKING:
    from autograde.judge.question import Case

#: The type of the object that stands for a script that had to be stopped.
STOPPED = "stopped script"

#: What the first commit of every repository brings: no learner copies it.
INITIAL_FILES = (".gitattributes",)


@dataclass(frozen=True)
class PlannedFile:
    """A file whose bytes follow from its plan, the same on both sides.

    Attributes:
        path: from the folder's root, with slashes.
        text: the content, when ``size`` is 0.
        size: length in bytes of a content that looks random.
        seed: of that content.
    """

    path: str
    text: str = ""
    size: int = 0
    seed: str = ""

    def content(self) -> bytes:
        """The file's bytes."""
        if not self.size:
            return self.text.encode()
        return hashlib.shake_128(f"{self.path}/{self.seed}".encode()).digest(self.size)


@dataclass(frozen=True)
class PlannedModel:
    """A tiny BERT that can be loaded; see :func:`autograde.models.tiny_folder` for the numbers."""

    hidden_size: int
    layers: int
    heads: int
    seed: int


@dataclass(frozen=True)
class PlannedRepository:
    """A repository that exists before the act; its files came with one commit after the initial one."""

    owner: str
    name: str
    private: bool = False
    files: tuple[PlannedFile, ...] = ()


@dataclass(frozen=True)
class Setting:
    """The state before the answer runs.

    Attributes:
        account: the learner's account on the fresh Hub; ``""`` for an act that needs no Hub.
        fullname: the person's full name there; ``""``: the same as ``account``.
        organization: a group whose repositories the account may write; git's user.name is its name, as on a computer
            that several people use.
        taken: other accounts.
        role: role of the token that the learner's side is logged in with; ``""`` without a log-in.
        tokens: roles of further tokens that the answer gets.
        repositories: what exists on the Hub already.
        name: the repository that the act is about, without its owner.
        folder: the name of the model folder beside the working folder; ``""`` for none.
        files: what is in the model folder, or in the working folder when there is no model folder.
        model: what is in the model folder besides ``files``.
        brings: files that the act is to bring to the repository besides those of the model folder.
        clone: whether the repository was cloned into the working folder before, without LFS.
        times: how often the function is called.
        meanwhile: files uploaded to the repository after the first call, if it exists by then.
        card_addition: a text added at the end of the repository's README.md after the first call, if there is
            one by then.
        card_form: how the file is saved by that: ``"crlf"`` with the line ends of Windows, ``"bom"`` with a byte-order
            mark at its start, ``""`` as it was.
        uploaded_becomes: what a file of this computer holds after it was uploaded, so that reading it is not reading
            from the Hub; ``""`` when it stays as it is.
    """

    account: str = ""
    fullname: str = ""
    organization: str = ""
    taken: tuple[str, ...] = ()
    role: str = ""
    tokens: tuple[str, ...] = ()
    repositories: tuple[PlannedRepository, ...] = ()
    name: str = ""
    folder: str = ""
    files: tuple[PlannedFile, ...] = ()
    model: PlannedModel | None = None
    brings: tuple[PlannedFile, ...] = ()
    clone: bool = False
    times: int = 1
    meanwhile: tuple[PlannedFile, ...] = ()
    card_addition: str = ""
    card_form: str = ""
    uploaded_becomes: str = ""

    def address_of(self, account: str) -> str:
        """Return the e-mail address of ``account`` or of one of ``taken``. With a full name, it does not reveal the
        account's name."""
        name = self.fullname if account == self.account and self.fullname else account
        return f"{name.lower().replace(' ', '.')}@example.org"


#: From the case, the learner's side's report and what the judging side saw on the Hub to the answer that is judged.
Join = Callable[["Case", Mapping, Mapping], Observation]


@dataclass(frozen=True)
class Act:
    """How an answer is replayed and what becomes of it.

    Attributes:
        kind: ``"call"`` a function, run a ``"script"``, or fill in a ``"form"``.
        join: makes the answer that is judged.
        seconds: wall time of one act; with stock nbgrader a whole cell has 30.
    """

    kind: str
    join: Join
    seconds: float = 15.0


def joined(act: Act, case: Case, report: Observation, seen: Mapping) -> Observation:
    """The answer that is judged.

    An exception that left the Hub as it was is the whole answer; so is a script that had to be stopped, as an object of
    the type :data:`STOPPED` with the reason, the seconds until then and, after a colon, the command that was running.
    """
    if not isinstance(report, Mapping):
        return report
    calls = report.get("returned")
    last = calls.items[-1] if isinstance(calls, Sequence) and calls.items else None
    if isinstance(last, Raised) and seen.get("untouched") is not False:
        return last
    if report.get("ended") not in (None, "by itself"):
        return Other(STOPPED, f"{report.get('ended')} {report.get('seconds')}: {report.get('running') or ''}")
    return act.join(case, report, seen)


def replaced(answer: Observation, **changes: Observation) -> Mapping:
    """A dictionary with other values under some of its names."""
    assert isinstance(answer, Mapping)
    return Mapping(tuple((name, changes.get(name, value)) for name, value in answer.items))
