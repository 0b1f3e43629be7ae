"""2.5, the repair: the facets by which an answer is judged."""

from __future__ import annotations

from autograde.judge import stopped_scripts
from autograde.judge.facets import Facet, Facets, Item, State
from autograde.judge.hub_facets import hub_unchanged, weights_in_clone
from autograde.judge.messages import _
from autograde.questions.download_with_git_clone._clones import NOTES, weights_of

#: An answer that did not repair the weights earns no points for leaving everything else unchanged.
_WEIGHTS = weights_in_clone(weights_of, _("Go into the clone, and run `git lfs pull` there."))
FACETS = Facets(
    (
        Item("weights", _("the weights are real now"), 2, (_WEIGHTS,)),
        Item("kept", _("everything else in the clone and on the Hub is unchanged"), 1, (
            _WEIGHTS,
            Facet("kept", True, (
                State(True, _("unchanged")),
                State(False, _("changed"), _(
                    "something else in the clone was removed, changed or added: other files, `{path}`, or the .git "
                    "folder",
                    path=NOTES,
                )),
            ), _("everything else in the folder"),
                advice=_("Use only `cd` and `git lfs pull`: they change nothing else."),
            ),
            hub_unchanged(
                _("something on the Hub was changed; a repair should only download"),
                _("A repair only downloads: no commit, no push, no upload."),
            ),
        )),
    ),
    (Facet("reason", ""),),
    otherwise=stopped_scripts.what_came_of,
)  # fmt: skip
