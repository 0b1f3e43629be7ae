"""Names for the states of a Hub and its files. They are compared, but never shown."""

from __future__ import annotations

from enum import StrEnum


class FileStatus(StrEnum):
    """A file compared with the expected one."""

    SAME = "same"
    DIFFERENT = "different"
    #: An LFS pointer instead of the file.
    POINTER = "pointer"
    MISSING = "missing"
    #: A file that was not expected.
    EXTRA = "extra"


class Visibility(StrEnum):
    """Who may read a repository."""

    PUBLIC = "public"
    PRIVATE = "private"


class LicenseMissing(StrEnum):
    """Why a repository's license is unknown."""

    NO_CARD = "no-card"
    NOT_IN_METADATA = "not-in-metadata"


class Storage(StrEnum):
    """Where the files that should be in LFS are stored."""

    LFS = "lfs"
    #: At least one of them is a plain git file.
    GIT = "git"
    #: There are no such files.
    NOWHERE = "nowhere"


class Attributes(StrEnum):
    """The state of .gitattributes."""

    #: It has every line that the Hub wrote, and perhaps others.
    KEPT = "kept"
    CHANGED = "changed"
    GONE = "gone"


class CommitMessages(StrEnum):
    """Whether the new commits have messages."""

    GIVEN = "given"
    EMPTY = "empty"
    #: There are no new commits.
    NO_COMMITS = "no-commits"


class UploadRoute(StrEnum):
    """How files reached the branch main."""

    GIT_PUSH = "git-push"
    API = "api"
    BOTH = "both"
    NONE = "none"


class OthersChanges(StrEnum):
    """The state of another person's changes between two calls."""

    KEPT = "kept"
    #: A file is missing or different.
    FILE_LOST = "file-lost"
    #: Only the addition to the model card was lost.
    CARD_LOST = "card-lost"
