"""3: lines of example answers."""

from __future__ import annotations

from autograde.judge.examples import function

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

_ANSWER = function("publish_and_load(folder, name, first, second)", _IMPORTS)
right, wrong = _ANSWER.right, _ANSWER.wrong
