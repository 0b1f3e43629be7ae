"""The initial state of a case: the accounts, repositories and files that are there before the answer runs."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass

#: Files of the initial commit, which the Hub makes: no learner uploads them.
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
    """A repository that exists before the answer runs; its files were added in one commit after the initial one."""

    owner: str
    name: str
    private: bool = False
    files: tuple[PlannedFile, ...] = ()


@dataclass(frozen=True)
class InitialState:
    """What is there before the answer runs.

    Attributes:
        account: the learner's account on the fresh Hub; ``""`` without a Hub.
        fullname: the person's full name there; ``""``: the same as ``account``.
        organization: a group whose repositories the account may write; git's user.name is set to the group's name, as
            on a computer that several people use.
        taken: other accounts.
        role: role of the token that the learner's side is logged in with; ``""`` without a log-in.
        tokens: roles of further tokens that the answer gets.
        repositories: what exists on the Hub already.
        name: the repository that the task is about, without its owner.
        folder: the name of the model folder beside the working folder; ``""`` for none.
        files: what is in the model folder, or in the working folder when there is no model folder.
        model: what is in the model folder besides ``files``.
        uploads: files that the answer must upload besides those of the model folder.
        clone: whether the repository was cloned into the working folder before, without LFS.
        times: how often the function is called.
        meanwhile: files uploaded to the repository after the first call, if it exists by then.
        card_addition: a text added at the end of the repository's README.md after the first call, if there is
            one by then; if it has metadata, a language is added to them.
        card_form: how README.md is saved then: ``"crlf"`` with the line ends of Windows, ``"bom"`` with a byte-order
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
    uploads: tuple[PlannedFile, ...] = ()
    clone: bool = False
    times: int = 1
    meanwhile: tuple[PlannedFile, ...] = ()
    card_addition: str = ""
    card_form: str = ""
    uploaded_becomes: str = ""

    @property
    def repository(self) -> str:
        """The full name of the repository that the task is about, ``owner/name``."""
        return f"{self.account}/{self.name}"

    def address_of(self, account: str) -> str:
        """Return the e-mail address of ``account`` or of one of ``taken``. With a full name, it does not reveal the
        account's name."""
        name = self.fullname if account == self.account and self.fullname else account
        return f"{name.lower().replace(' ', '.')}@example.org"


#: No Hub and no files.
EMPTY = InitialState()
