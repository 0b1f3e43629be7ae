"""2.3, a model repository: the facets by which an answer is judged."""

from __future__ import annotations

from autograde.judge.cases import Case
from autograde.judge.describing import raised
from autograde.judge.facets import Facet, Facets, Item, State
from autograde.judge.hub_facets import NOTHING, created, private, returned_name, what_was_returned
from autograde.judge.hub_state import LicenseMissing, Visibility
from autograde.judge.messages import Message, _
from autograde.judge.observation import Mapping, Observation, Raised
from autograde.questions.create_a_model_repository.create_repository.cases import LICENSE, MEANWHILE


def _raised_again(_case: Case, got: Observation) -> Message:
    assert isinstance(got, Raised)
    return _("the second call: {what}", what=raised(got))


_NO_REPOSITORY = _("no repository was created, so a second call could not be checked")

#: "late": right after the second call, but not after the first. "none": no repository exists.
FACETS = Facets(
    (
        Item("repository", _("a model repository with the given name, in your own namespace"), 3, (
            created(),
        )),
        Item("visibility", _("it is private"), 2, (
            private(
                _("the repository is public; expected a private one"),
                State("none", NOTHING, _("there is no repository, so its visibility cannot be checked")),
                State(
                    "late", _("only after the second call"),
                    _("after the first call the repository was public; only the second call made it private"),
                ),
                advice=_("Pass private=True to create_repo, so that the repository is private from the start."),
            ),
        )),
        Item("license", _("its model card names the license"), 2, (
            Facet("license", LICENSE, (
                State(
                    LicenseMissing.NO_CARD, _("no model card"),
                    _(
                        "the repository has no model card, a file with exactly the name README.md, so it names no "
                        "license"
                    ),
                ),
                State(
                    LicenseMissing.NOT_IN_METADATA, _("not in the metadata"),
                    _("the model card has no `license` in the metadata at its top"),
                ),
                State("none", NOTHING, _("there is no repository, so there is no license")),
                State(
                    "late", _("only after the second call"),
                    _("after the first call the card named no license; only the second call wrote it"),
                ),
            ), _("license"), clause=lambda _case, got: _(
                "the license is {got}; expected {expected}", got=str(got), expected=LICENSE,
            ), advice=_(
                "Write the line `license: apache-2.0` into the metadata at the top of README.md, or let "
                "metadata_update do it."
            )),
        )),
        Item("returned", _("the function returns the full name"), 1, (
            returned_name(
                "returned", _("Return the full name and nothing else: what create_repo returns has it as `repo_id`."),
            ),
        )),
        Item("again", _("a second call changes nothing"), 2, (
            Facet("again", "harmless", (
                State("harmless", _("nothing changed")),
                State("nothing-made", NOTHING, _NO_REPOSITORY),
                State("not-reached", NOTHING, _("there was no second call, because the first one raised an exception")),
                State("lost", _("files are gone"), _(
                    "between the two calls, another person uploaded {file}; after the second call it was gone or "
                    "changed",
                    file=MEANWHILE[0].path,
                )),
                State("card-lost", _("the card was overwritten"), _(
                    "between the two calls, another person added a sentence to README.md and a language to its "
                    "metadata; after the second call, not everything was there"
                )),
                State("another-result", _("another result"), _(
                    "the second call returned something else than the first"
                )),
            ), _("second call"), clause=_raised_again, may_raise=True, advice=_(
                "Call the function twice yourself, and look at the repository after each call: what has changed?"
            )),
        )),
    ),
    otherwise=what_was_returned,
)  # fmt: skip


def achieved(_case: Case, answer: Observation) -> Message:
    """Describe the achievement of a right answer."""
    assert isinstance(answer, Mapping)
    return _(
        "Seen on the Hub: {name}, {visibility}, license {license}.",
        name=str(answer.get("returned")),
        visibility=_("private") if answer.get("visibility") == Visibility.PRIVATE else _("public"),
        license=str(answer.get("license")),
    )
