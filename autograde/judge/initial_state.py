"""The initial state of a case: the accounts, repositories and files that exist before the answer runs."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass

#: Files of the initial commit, which the Hub creates.
INITIAL_FILES = (".gitattributes",)


@dataclass(frozen=True)
class PlannedFile:
    """A file whose content is computed from this plan, with the same result on both sides.

    Attributes:
        path: path relative to the folder, with slashes.
        text: the content, if ``size`` is 0.
        size: length of pseudo-random content, in bytes.
        seed: seed of the pseudo-random content.
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
    """A tiny BERT that can be loaded; see :func:`autograde.models.tiny_folder` for the values."""

    hidden_size: int
    layers: int
    heads: int
    seed: int


@dataclass(frozen=True)
class PlannedRepository:
    """A repository that exists before the answer runs, with its files in one commit after the initial one."""

    owner: str
    name: str
    private: bool = False
    files: tuple[PlannedFile, ...] = ()


@dataclass(frozen=True)
class InitialState:
    """The accounts, repositories and files that exist before the answer runs.

    Attributes:
        account: the learner's account on the new Hub; ``""`` without a Hub.
        fullname: the account's full name; ``""`` means the same as ``account``.
        organization: an organization whose repositories the account may write; git's user.name is set to its name, as
            on a computer that several people share.
        taken: names of other accounts.
        role: role of the token with which the learner's side is logged in; ``""`` for no login.
        tokens: roles of further tokens that are passed to the answer; ``"other"`` for a read token of the first of
            ``taken``.
        repositories: repositories that already exist on the Hub.
        name: the name of the task's repository, without its owner.
        folder: name of the model folder next to the working folder; ``""`` for none.
        files: files in the model folder, or in the working folder if there is no model folder.
        model: the model in the model folder, in addition to ``files``.
        uploads: files that the answer must upload in addition to those in the model folder.
        clone: whether the repository has already been cloned into the working folder, without LFS.
        times: number of times the function is called.
        earlier: arguments of a call before the first one, in the same process; ``()`` for none. It detects a function
            that keeps something between two calls.
        meanwhile: files uploaded to the repository after the first call, if it exists.
        card_addition: text appended to the repository's README.md after the first call, if the file exists; a
            language is added to its metadata, if it has any.
        card_form: form in which README.md is then saved: ``"crlf"`` with Windows line ends, ``"bom"`` with a byte-order
            mark, ``""`` unchanged.
        uploaded_becomes: content that replaces a local file after its upload, to detect whether the answer reads it
            instead of the Hub's; ``""`` leaves it unchanged.
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
    earlier: tuple[str, ...] = ()
    meanwhile: tuple[PlannedFile, ...] = ()
    card_addition: str = ""
    card_form: str = ""
    uploaded_becomes: str = ""

    @property
    def repository(self) -> str:
        """The full name of the task's repository, ``owner/name``."""
        return f"{self.account}/{self.name}"

    def address_of(self, account: str) -> str:
        """Return the e-mail address of ``account`` or of one of ``taken``.

        For an account with a full name, it does not reveal the account's name.
        """
        name = self.fullname if account == self.account and self.fullname else account
        return f"{name.lower().replace(' ', '.')}@example.org"


#: No Hub and no files.
EMPTY = InitialState()
