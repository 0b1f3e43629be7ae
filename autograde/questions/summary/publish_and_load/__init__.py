"""3: the whole path in one function: create, upload, load from the Hub, run."""

from __future__ import annotations

from autograde.judge.acts import Act
from autograde.judge.messages import _
from autograde.judge.question import Question, RubricItem, entry
from autograde.questions.summary.publish_and_load.cases import SECONDS, VISIBLE, hidden, oracle
from autograde.questions.summary.publish_and_load.misconceptions import MISCONCEPTIONS
from autograde.questions.summary.publish_and_load.outcome import join
from autograde.questions.summary.publish_and_load.wording import achieved, findings, words

SOLUTION = """\
def publish_and_load(folder, name, first, second):
    repo_id = create_repo(name, exist_ok=True).repo_id
    upload_folder(repo_id=repo_id, folder_path=folder, commit_message="Upload the model")
    tokenizer = AutoTokenizer.from_pretrained(repo_id)
    model = AutoModel.from_pretrained(repo_id)
    with torch.no_grad():
        result = model(**tokenizer(first, second, return_tensors="pt"))
    return repo_id, result.last_hidden_state.shape
"""

QUESTION = Question(
    id="3/publish_and_load",
    function="publish_and_load",
    title=_("The whole path in one function"),
    visible=VISIBLE,
    hidden=hidden,
    oracle=oracle,
    rubric=(
        RubricItem(
            "repository", _("a model repository of the given name, in your own namespace"), 2, aspect=entry("made")
        ),
        RubricItem(
            "files", _("every file of the folder is there, the weights in LFS"), 2, aspect=entry("files", "storage")
        ),
        RubricItem(
            "loaded", _("the model and its tokenizer were loaded from the Hub"), 2, aspect=entry("model", "tokenizer")
        ),
        RubricItem("ran", _("the model ran on the pair of sentences"), 2, aspect=entry("ran")),
        RubricItem("returned", _("the full name, and the shape of the result"), 2, aspect=entry("name", "shape")),
    ),
    misconceptions=MISCONCEPTIONS,
    hints=(
        _("Which four of the six steps are left when an account exists and is logged in? One line for each."),
        _("create_repo, upload_folder, from_pretrained twice, and the call of the model, with torch.no_grad()."),
        _(
            "`create_repo(name, exist_ok=True).repo_id` is the full name; hand it on to all the others. The "
            'tokenizer makes tensors when it is called with both sentences and return_tensors="pt".'
        ),
    ),
    solution=SOLUTION,
    expectation=_("the full name and a shape"),
    words=words,
    act=Act("call", join, achieved, findings, seconds=SECONDS),
)
