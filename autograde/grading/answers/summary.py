"""3: functions that go the whole path."""

from __future__ import annotations

from autograde.grading.answers.answer import RightAnswer, Section, WrongAnswer

_SECTION = Section("3")
_IMPORTS = """\
import torch
from huggingface_hub import HfApi, create_repo, snapshot_download, upload_folder
from transformers import AutoModel, AutoTokenizer

"""


def _function(*lines: str) -> str:
    return (
        _IMPORTS + "def publish_and_load(folder, name, first, second):\n" + "".join(f"    {line}\n" for line in lines)
    )


_CREATE = "repo_id = create_repo(name, exist_ok=True).repo_id"
_UPLOAD = "upload_folder(repo_id=repo_id, folder_path=folder)"
_LOAD = "tokenizer, model = AutoTokenizer.from_pretrained(repo_id), AutoModel.from_pretrained(repo_id)"
_CALL = 'result = model(**tokenizer(first, second, return_tensors="pt"))'
_RETURN = "return repo_id, result.last_hidden_state.shape"


def _wrong(misconception: str, lost: str, *lines: str) -> WrongAnswer:
    return _SECTION.wrong("publish_and_load", misconception, lost, _function(*lines))


def _right(style: str, *lines: str) -> RightAnswer:
    return _SECTION.right("publish_and_load", style, _function(*lines))


_FROM_FOLDER = _LOAD.replace("repo_id", "folder")
_TOKENIZER_FROM_FOLDER = _LOAD.replace(
    "AutoTokenizer.from_pretrained(repo_id)", "AutoTokenizer.from_pretrained(folder)"
)
_PAIR = "first, second, return"

WRONG: tuple[WrongAnswer, ...] = (
    _wrong(
        "fixed-owner", "repository files loaded ran returned",
        'repo_id = create_repo("xxx/" + name, exist_ok=True).repo_id', _UPLOAD, _LOAD, _CALL, _RETURN,
    ),
    _wrong("fixed-owner", "returned", _CREATE, _UPLOAD, _LOAD, _CALL, 'return "ada/" + name, result[0].shape'),
    _wrong(
        "fixed-name", "repository files returned",
        _CREATE.replace("name", '"mymodel04"'), _UPLOAD, _LOAD, _CALL, _RETURN,
    ),
    _wrong(
        "not-the-full-name", "files loaded ran returned",
        _CREATE, _UPLOAD.replace("=repo_id", "=name"), _LOAD, _CALL, _RETURN,
    ),
    _wrong(
        "not-the-full-name", "loaded ran returned",
        _CREATE, _UPLOAD, _LOAD.replace("repo_id", "name"), _CALL, _RETURN,
    ),
    _wrong(
        "not-the-full-name", "loaded ran returned",
        _CREATE, _UPLOAD, _LOAD.replace("AutoModel.from_pretrained(repo_id)", "AutoModel.from_pretrained(name)"),
        _CALL, _RETURN,
    ),
    _wrong("not-uploaded", "files loaded", _CREATE, _FROM_FOLDER, _CALL, _RETURN),
    _wrong("not-uploaded", "files loaded ran returned", _CREATE, _LOAD, _CALL, _RETURN),
    _wrong("loaded-from-the-folder", "loaded", _CREATE, _UPLOAD, _FROM_FOLDER, _CALL, _RETURN),
    _wrong(
        "loaded-from-the-folder", "loaded",
        _CREATE, _UPLOAD, _LOAD.replace("AutoModel.from_pretrained(repo_id)", "AutoModel.from_pretrained(folder)"),
        _CALL, _RETURN,
    ),
    # Both are downloaded, and the model that runs is the one of this machine.
    _wrong(
        "loaded-from-the-folder", "loaded",
        _CREATE, _UPLOAD, "snapshot_download(repo_id)", _FROM_FOLDER, _CALL, _RETURN,
    ),
    # A clone of the repository while it was empty: nothing came from the Hub.
    _wrong(
        "loaded-from-the-folder", "loaded",
        "import subprocess",
        _CREATE,
        'subprocess.run(["git", "clone", f"{HfApi().endpoint}/{repo_id}", "clone"], check=True)',
        "subprocess.run(f\"cp -r '{folder}/.' clone && cd clone && git add . && git commit -m x && git push\","
        " shell=True, check=True)",
        _LOAD.replace("repo_id", '"clone"'), _CALL, _RETURN,
    ),
    _wrong("tokenizer-from-the-folder", "loaded", _CREATE, _UPLOAD, _TOKENIZER_FROM_FOLDER, _CALL, _RETURN),
    _wrong(
        "written-anew", "files",
        _FROM_FOLDER, _CREATE, "tokenizer.push_to_hub(repo_id)", "model.push_to_hub(repo_id)", _LOAD, _CALL, _RETURN,
    ),
    _wrong(
        "not-all-files", "files",
        _CREATE, _UPLOAD.replace(")", ', allow_patterns=["*.json", "*.safetensors"])'), _LOAD, _CALL, _RETURN,
    ),
    _wrong(
        "in-a-folder", "files loaded ran returned",
        _CREATE, _UPLOAD.replace(")", ', path_in_repo="model")'), _LOAD, _CALL, _RETURN,
    ),
    _wrong(
        "hidden-size-written-down", "ran returned",
        _CREATE, _UPLOAD, _LOAD, "return repo_id, (1, len(tokenizer.encode(first, second)), 768)",
    ),
    _wrong("hidden-size-written-down", "returned", _CREATE, _UPLOAD, _LOAD, _CALL, "return repo_id, [1, 12, 768]"),
    _wrong(
        "never-run", "ran",
        _CREATE, _UPLOAD, _LOAD,
        "return repo_id, (1, len(tokenizer.encode(first, second)), model.config.hidden_size)",
    ),
    _wrong(
        "never-run", "loaded ran",
        "import json, os",
        _CREATE, _UPLOAD,
        'HfApi().hf_hub_download(repo_id, "model.safetensors")',
        'with open(os.path.join(folder, "config.json")) as file:',
        '    size = json.load(file)["hidden_size"]',
        "return repo_id, (1, len(AutoTokenizer.from_pretrained(folder)(first, second)['input_ids']), size)",
    ),
    _wrong("no-tensors", "ran returned", _CREATE, _UPLOAD, _LOAD, _CALL.replace(', return_tensors="pt"', ""), _RETURN),
    _wrong("no-tensors", "ran returned", _CREATE, _UPLOAD, _LOAD, _CALL.replace("**", ""), _RETURN),
    _wrong(
        "loaded-from-the-folder", "loaded",
        "import shutil", _CREATE, _UPLOAD, "snapshot_download(repo_id)", 'shutil.copytree(folder, "copy")',
        _LOAD.replace("repo_id", '"copy"'), _CALL, _RETURN,
    ),
    _wrong(
        "not-all-files", "files",
        "import os",
        _CREATE,
        'for file in "config.json model.safetensors tokenizer.json tokenizer_config.json vocab.txt README.md".split():',
        "    if os.path.exists(os.path.join(folder, file)):",
        "        HfApi().upload_file(path_or_fileobj=f'{folder}/{file}', path_in_repo=file, repo_id=repo_id)",
        _LOAD, _CALL, _RETURN,
    ),
    _wrong(
        "random-weights", "loaded",
        "from transformers import AutoConfig",
        _CREATE, _UPLOAD, _LOAD, "model = AutoModel.from_config(AutoConfig.from_pretrained(repo_id)).eval()",
        _CALL, _RETURN,
    ),
    _wrong(
        "random-weights", "loaded",
        _CREATE, _UPLOAD, _LOAD, "model.init_weights() or model.pooler.dense.weight.data.zero_()", _CALL, _RETURN,
    ),
    *(
        _wrong("no-segment-ids", "ran", _CREATE, _UPLOAD, _LOAD, call, _RETURN)
        for call in (
            'result = model(tokenizer.encode(first, second, return_tensors="pt"))',
            'result = model(tokenizer(first, second, return_tensors="pt")["input_ids"])',
            'result = model.forward(tokenizer.encode(first, second, return_tensors="pt"))',
            "ids = torch.tensor([tokenizer.encode(first, second)])\n"
            "    result = model(ids, token_type_ids=torch.zeros_like(ids))",
        )
    ),
    _wrong("pooler-output", "returned", _CREATE, _UPLOAD, _LOAD, _CALL, "return repo_id, result[1].shape"),
    _wrong("one-sentence-only", "ran", _CREATE, _UPLOAD, _LOAD, _CALL.replace(_PAIR, "first, return"), _RETURN),
    _wrong("one-sentence-only", "ran", _CREATE, _UPLOAD, _LOAD, _CALL.replace(_PAIR, "second, return"), _RETURN),
    _wrong("joined-into-one", "ran", _CREATE, _UPLOAD, _LOAD, _CALL.replace(_PAIR, "first + second, return"), _RETURN),
    _wrong(
        "joined-into-one", "ran", _CREATE, _UPLOAD, _LOAD, _CALL.replace(_PAIR, 'f"{first} {second}", return'), _RETURN
    ),
    _wrong(
        "two-rows", "ran",
        _CREATE, _UPLOAD, _LOAD, _CALL.replace(_PAIR, "[first, second], padding=True, return"), _RETURN,
    ),
    _wrong("sentences-swapped", "ran", _CREATE, _UPLOAD, _LOAD, _CALL.replace(_PAIR, "second, first, return"), _RETURN),
    _wrong("results-swapped", "returned", _CREATE, _UPLOAD, _LOAD, _CALL, "return result[0].shape, repo_id"),
    _wrong("the-tensor", "returned", _CREATE, _UPLOAD, _LOAD, _CALL, "return repo_id, result[0]"),
    _wrong(
        "returns-the-address", "returned",
        _CREATE.replace(".repo_id", ""), _UPLOAD.replace("=repo_id", "=repo_id.repo_id"),
        _LOAD.replace("(repo_id)", "(repo_id.repo_id)"), _CALL, _RETURN,
    ),
    _wrong("returns-the-short-name", "returned", _CREATE, _UPLOAD, _LOAD, _CALL, "return name, result[0].shape"),
    _wrong("only-the-shape", "returned", _CREATE, _UPLOAD, _LOAD, _CALL, "return result[0].shape"),
    _wrong("only-the-name", "returned", _CREATE, _UPLOAD, _LOAD, _CALL, "return repo_id"),
    _wrong("returns-nothing", "returned", _CREATE, _UPLOAD, _LOAD, _CALL, "print(result[0].shape)"),
)  # fmt: skip

RIGHT: tuple[RightAnswer, ...] = (
    _right(
        "the tutorial's own way, git, lists",
        "import subprocess",
        _CREATE,
        'host = HfApi().endpoint',
        'subprocess.run(["git", "clone", f"{host}/{repo_id}", "clone"], check=True)',
        'subprocess.run(f"cp -r \'{folder}/.\' clone && cd clone && git add . && git commit -m x && git push",'
        " shell=True, check=True)",
        "folder = snapshot_download(repo_id)",
        "tokenizer, model = AutoTokenizer.from_pretrained(folder), AutoModel.from_pretrained(folder)",
        "index = tokenizer.encode(first, second)",
        "k = index.index(tokenizer.sep_token_id)",
        "segments = [0] * (k + 1) + [1] * (len(index) - k - 1)",
        "with torch.no_grad():",
        "    result = model(torch.tensor([index]), token_type_ids=torch.tensor([segments]))",
        "return [repo_id, list(result[0].shape)]",
    ),
    _right(
        "private, a pipeline's model and tokenizer, no mask, the forward method by its name",
        "from transformers import pipeline",
        "repo_id = create_repo(name, private=True).repo_id",
        "HfApi().upload_folder(repo_id=repo_id, folder_path=folder, run_as_future=True).result()",
        'pipe = pipeline("feature-extraction", model=repo_id)',
        "pair = pipe.tokenizer(first, second, return_tensors='pt')",
        "result = pipe.model.forward(pair['input_ids'], None, pair['token_type_ids'])",
        "return repo_id, tuple(result.last_hidden_state.shape)",
    ),
    _right(
        "a model that is loaded twice, and tried before on one sentence",
        _FROM_FOLDER,
        "model(**tokenizer(first, return_tensors='pt'))",
        _CREATE,
        _UPLOAD,
        _LOAD,
        "with torch.inference_mode():",
        f"    {_CALL}",
        "    model(**tokenizer(second, return_tensors='pt'))",
        "return repo_id, result.last_hidden_state.size()",
    ),
)  # fmt: skip
