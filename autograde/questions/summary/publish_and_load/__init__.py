"""3: the whole path in one function: create, upload, load from the Hub, run."""

from __future__ import annotations

from autograde.judge.execution import Execution, ExecutionKind
from autograde.judge.messages import _
from autograde.judge.question import Question, Teaching
from autograde.questions.summary.publish_and_load.cases import SECONDS, VISIBLE, hidden
from autograde.questions.summary.publish_and_load.example_code import CALL, CREATE, FROM_FOLDER, LOAD, UPLOAD, right
from autograde.questions.summary.publish_and_load.facets import FACETS, achieved
from autograde.questions.summary.publish_and_load.misconceptions import MISCONCEPTIONS
from autograde.questions.summary.publish_and_load.outcome import join

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

RIGHT = (
    right(
        "the tutorial's own way, git, lists", "import subprocess", CREATE, 'host = HfApi().endpoint',
        'subprocess.run(["git", "clone", f"{host}/{repo_id}", "clone"], check=True)',
        'subprocess.run(f"cp -r \'{folder}/.\' clone && cd clone && git add . && git commit -m x && git push",'
        " shell=True, check=True)",
        "folder = snapshot_download(repo_id)",
        "tokenizer, model = AutoTokenizer.from_pretrained(folder), AutoModel.from_pretrained(folder)",
        "index = tokenizer.encode(first, second)", "k = index.index(tokenizer.sep_token_id)",
        "segments = [0] * (k + 1) + [1] * (len(index) - k - 1)", "with torch.no_grad():",
        "    result = model(torch.tensor([index]), token_type_ids=torch.tensor([segments]))",
        "return [repo_id, list(result[0].shape)]",
    ),
    right(
        "private, a pipeline's model and tokenizer, no mask, the forward method by its name",
        "from transformers import pipeline", "repo_id = create_repo(name, private=True).repo_id",
        "HfApi().upload_folder(repo_id=repo_id, folder_path=folder, run_as_future=True).result()",
        'pipe = pipeline("feature-extraction", model=repo_id)',
        "pair = pipe.tokenizer(first, second, return_tensors='pt')",
        "result = pipe.model.forward(pair['input_ids'], None, pair['token_type_ids'])",
        "return repo_id, tuple(result.last_hidden_state.shape)",
    ),
    right(
        "a model that is loaded twice, and tried before on one sentence", FROM_FOLDER,
        "model(**tokenizer(first, return_tensors='pt'))", CREATE, UPLOAD, LOAD, "with torch.inference_mode():",
        f"    {CALL}", "    model(**tokenizer(second, return_tensors='pt'))",
        "return repo_id, result.last_hidden_state.size()",
    ),
)  # fmt: skip

QUESTION = Question(
    id="3/publish_and_load",
    visible=VISIBLE,
    hidden=hidden,
    oracle=FACETS.oracle,
    rubric=FACETS.rubric,
    misconceptions=MISCONCEPTIONS,
    execution=Execution(ExecutionKind.CALL, join, seconds=SECONDS),
    presentation=FACETS.presentation(achieved),
    teaching=Teaching(
        title=_("The whole path in one function"),
        hints=(
            _("The account exists and is logged in: which four of the six steps are left? Write one line for each."),
            _("create_repo, upload_folder, from_pretrained twice, and the call of the model, with torch.no_grad()."),
            _(
                "`create_repo(name, exist_ok=True).repo_id` is the full name: use it in all other calls. Call the "
                'tokenizer with both sentences and return_tensors="pt" to get tensors.'
            ),
        ),
        solution=SOLUTION,
        expectation=_("the full name and a shape"),
        advice_on=FACETS.advice,
        right=RIGHT,
    ),
)
