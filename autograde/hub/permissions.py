"""Which credentials each route of the Hub accepts. A test compares this with the table in ``SECURITY.md``.

Every route has one :class:`Permission` (see :mod:`autograde.hub.routes`), which
:func:`autograde.hub.web.admission.admit` checks before the handler runs. :mod:`autograde.hub.repos.access` decides
afterwards what a person may do with one repository.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum


class Credential(Enum):
    """How a request proves who sent it. The value is the heading of its column in ``SECURITY.md``."""

    NONE = "nothing"
    SESSION = "browser session"
    READ = "read token"
    FINE = "fine-grained token"
    WRITE = "write token"
    LFS = "LFS link"
    XET_READ = "Xet read token"
    XET_WRITE = "Xet write token"
    PIECE = "Xet piece link"


#: The kinds of access tokens.
TOKENS = frozenset({Credential.READ, Credential.FINE, Credential.WRITE})


@dataclass(frozen=True)
class Permission:
    """What a route is for, and which credentials it accepts.

    Attributes:
        name: one or two words.
        text: what the routes of this kind do.
        accepts: a request with another credential is refused before its handler runs. Credentials that a route never
            accepts are not even read: pages ignore access tokens, the API ignores cookies.
        changes: whether these routes may change anything.
    """

    name: str
    text: str
    accepts: frozenset[Credential]
    changes: bool = False


#: For everyone, without any credential.
OPEN = Permission("open", "the same answer for everyone; no personal data, no changes", frozenset(Credential))

#: Access depends on the repository's visibility.
READ = Permission("read", "shows what the sender may see", TOKENS | {Credential.NONE})

#: Files, which programs load with a token and people with a browser session.
FILE = Permission("file", "sends a file to those who may read it", TOKENS | {Credential.NONE, Credential.SESSION})

#: The token owner's own data.
OWN = Permission("own", "shows the token owner's own data", TOKENS)

WRITE = Permission(
    "write",
    "changes what the sender may change, within the token's role and scopes",
    frozenset({Credential.FINE, Credential.WRITE}),
    changes=True,
)

PAGE = Permission("page", "a page to read", frozenset({Credential.NONE, Credential.SESSION}))

ENTRY = Permission(
    "log-in form",
    "sign up, log in, log out",
    frozenset({Credential.NONE, Credential.SESSION}),
    changes=True,
)

FORM = Permission(
    "form", "a form on a page; needs the page's secret too", frozenset({Credential.SESSION}), changes=True
)

REPORT = Permission("report", "records what the token's owner did, for an extension", TOKENS, changes=True)

ADMINISTRATOR = Permission(
    "administrator", "for administrators; others get 404", frozenset({Credential.SESSION}), changes=True
)

LFS = Permission("LFS transfer", "one large file, one direction, one hour", frozenset({Credential.LFS}), changes=True)

XET_READ = Permission(
    "Xet download", "which pieces make a large file", frozenset({Credential.XET_READ, Credential.XET_WRITE})
)

XET_WRITE = Permission(
    "Xet upload", "pieces of large files for one repository", frozenset({Credential.XET_WRITE}), changes=True
)

PIECE = Permission("Xet piece", "one piece of one large file", frozenset({Credential.PIECE}))

#: All permissions, in the order of the table in ``SECURITY.md``.
PERMISSIONS = (OPEN, READ, FILE, OWN, WRITE, PAGE, ENTRY, FORM, REPORT, ADMINISTRATOR, LFS, XET_READ, XET_WRITE, PIECE)
