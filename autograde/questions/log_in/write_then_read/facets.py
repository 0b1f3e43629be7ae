"""2.2, writing and reading: the facets by which an answer is judged."""

from __future__ import annotations

from autograde.judge import file_statuses
from autograde.judge.cases import Case
from autograde.judge.describing import describe
from autograde.judge.facets import Facet, Facets, Item, State
from autograde.judge.hub_facets import on_hub, private, what_was_returned
from autograde.judge.hub_state import FileStatus
from autograde.judge.messages import Message, _, verbatim
from autograde.judge.observation import Observation
from autograde.questions.log_in.write_then_read.cases import NOTE


def _text(case: Case) -> Observation:
    return case.arguments[3]


def _returned(case: Case, got: Observation) -> Message:
    return _("expected {expected}, but the function returned {got}", expected=describe(_text(case)), got=describe(got))


def _shown(case: Case, got: Observation) -> Message:
    return _("the downloaded text") if got == _text(case) else describe(got)


#: Possible states of a file on the Hub.
_STATUSES = (FileStatus.SAME, FileStatus.DIFFERENT, FileStatus.MISSING, FileStatus.POINTER)

#: States of a returned value begin with $, because a learner's text is unlikely to.
FACETS = Facets(
    (
        Item("written", _("only the note is on the Hub, in a private repository"), 1, (
            Facet("note", FileStatus.SAME, (
                *(State(each, file_statuses.status_in_words(each), on_hub(NOTE, each)) for each in _STATUSES),
                State(
                    "another-name", _("under another name"),
                    _("the new file on the Hub is not called `{path}`", path=NOTE),
                ),
                State(
                    "refused-first", _("after an attempt with the read token"),
                    _("an upload with the read token was refused first"),
                ),
                State(
                    "another-branch", _("on another branch"),
                    _("`{path}` is on another branch, not on main", path=NOTE),
                ),
            ), verbatim(NOTE), advice=_("Upload `text.encode()` as note.txt, to the branch main.")),
            private(
                _("the repository was made public; it was private"),
                State("anew", _("not the original repository"), _("the repository was deleted or renamed")),
                advice=_("Don't change the repository's settings: an upload doesn't need it."),
            ),
            Facet("others", "", clause=lambda _case, got: _(
                "there are other new files on the Hub: {files}", files=str(got)
            ), advice=_('Upload the note alone, with upload_file and path_in_repo="note.txt".')),
        )),
        Item("read", _("it was downloaded with the read token"), 1, (
            Facet("read_with", "read", (
                State("read", _("the read token")),
                State(
                    "write", _("the write token"),
                    _("the download used the write token; the read token downloaded nothing"),
                ),
                State("none", _("no token"), _("the download used no token")),
                State("nothing", _("nothing"), _("`{path}` was not downloaded after the upload", path=NOTE)),
            ), _("downloaded with"), advice=_("After the upload, download note.txt with token=read_token.")),
        )),
        Item("returned", _("the function returns the downloaded text and reveals no token"), 1, (
            Facet("returned", _text, (
                State(
                    "$given", _("the given text"),
                    _("the function returned the text that it got; expected the one in the downloaded file"),
                ),
                State("$local", _("the file that was uploaded"), _(
                    "the function returned the text of the uploaded file; expected that of the downloaded file"
                )),
                State(
                    "$trimmed", _("the text without all spaces and line ends"),
                    _("the function returned the text without all of its spaces and line ends"),
                ),
                State(
                    "$lines", _("a list of lines"),
                    _("the function returned a list of lines; expected the whole text"),
                ),
                State(
                    "$path", _("a path"),
                    _("the function returned the path of the downloaded file; expected the text in it"),
                ),
                State("$bytes", _("bytes"), _("the function returned the file's bytes; expected its text")),
                State("$file", _("an open file"), _("the function returned the open file; expected the text in it")),
            ), _("returned"), clause=_returned, other=_shown,
                advice=_("Return the whole text of the downloaded file, read as UTF-8, and nothing else."),
            ),
            Facet("given_away", "nothing", (
                State("printed", _("printed"), _("the token was printed")),
                State("in-code", verbatim("—"), _("this function contains a token")),
                State("on-hub", verbatim("—"), _("a token is in the message of a commit on the Hub")),
            ), advice=_("Don't write a token into the code, and don't print one: use the parameters.")),
        )),
    ),
    otherwise=what_was_returned,
)  # fmt: skip


def achieved(_case: Case, _answer: Observation) -> Message:
    """Describe the achievement of a right answer."""
    return _("`{path}` was uploaded with the write token and downloaded with the read token.", path=NOTE)
