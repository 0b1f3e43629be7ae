"""3: the solution, right functions in other styles, and the builder of wrong ones from steps."""

from __future__ import annotations

from autograde.judge.examples import function

#: All rubric items.
ALL = "repository files loaded ran returned"

CREATE = "repo_id = create_repo(name, exist_ok=True).repo_id"
UPLOAD = "upload_folder(repo_id=repo_id, folder_path=folder)"
LOAD = "tokenizer, model = AutoTokenizer.from_pretrained(repo_id), AutoModel.from_pretrained(repo_id)"
CALL = 'result = model(**tokenizer(first, second, return_tensors="pt"))'
RETURN = "return repo_id, result.last_hidden_state.shape"
FROM_FOLDER = LOAD.replace("repo_id", "folder")
TOKENIZER_FROM_FOLDER = LOAD.replace("AutoTokenizer.from_pretrained(repo_id)", "AutoTokenizer.from_pretrained(folder)")

_IMPORTS = """\
import torch
from huggingface_hub import HfApi, create_repo, snapshot_download, upload_folder
from transformers import AutoModel, AutoTokenizer

"""

_ANSWER = function(
    "publish_and_load(folder, name, first, second)", _IMPORTS,
    create=CREATE, upload=UPLOAD, load=LOAD, call=CALL, end=RETURN,
)  # fmt: skip
right, wrong, wrong_step = _ANSWER.right, _ANSWER.wrong, _ANSWER.wrong_step

SOLUTION = """\
def publish_and_load(folder, name, first, second):
    repo_id = create_repo(name, exist_ok=True).repo_id
    upload_folder(
        repo_id=repo_id,
        folder_path=folder,
        commit_message="Upload the model",
    )
    tokenizer = AutoTokenizer.from_pretrained(repo_id)
    model = AutoModel.from_pretrained(repo_id)
    inputs = tokenizer(first, second, return_tensors="pt")
    with torch.no_grad():
        result = model(**inputs)
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
        "return repo_id, torch.tensor(result.last_hidden_state.shape)",
    ),
    right(
        "a mask of truth values", CREATE, UPLOAD, LOAD, 'pair = tokenizer(first, second, return_tensors="pt")',
        'pair["attention_mask"] = pair["attention_mask"].bool()', "result = model(**pair)", RETURN,
    ),
    right(
        "a model that is loaded twice, and tried before on one sentence", FROM_FOLDER,
        "model(**tokenizer(first, return_tensors='pt'))", CREATE, UPLOAD, LOAD, "with torch.inference_mode():",
        f"    {CALL}", "    model(**tokenizer(second, return_tensors='pt'))",
        "return repo_id, result.last_hidden_state.size()",
    ),
)  # fmt: skip
