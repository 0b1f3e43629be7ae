"""2.3: functions that make a repository."""

from __future__ import annotations

from autograde.grading.answers.answer import RightAnswer, Section, WrongAnswer

_SECTION = Section("2.3")

_IMPORTS = """\
import tempfile
from pathlib import Path

from huggingface_hub import HfApi, ModelCard, create_repo, metadata_update

"""


def _function(*lines: str) -> str:
    return _IMPORTS + "def create_repository(name):\n" + "".join(f"    {line}\n" for line in lines)


_CREATE = "url = create_repo(name, private=True, exist_ok=True)"
_CARD = 'card = b"---\\nlicense: apache-2.0\\n---\\n# A model\\n"'
_UPLOAD = 'HfApi().upload_file(path_or_fileobj=card, path_in_repo="README.md", repo_id=url.repo_id'
_OVERWRITES = f"{_CARD}; {_UPLOAD})"
_LICENSE = 'metadata_update(url.repo_id, {"license": "apache-2.0"}, overwrite=True)'
_RETURN = "return url.repo_id"


def _wrong(misconception: str, lost: str, *lines: str) -> WrongAnswer:
    return _SECTION.wrong("create_repository", misconception, lost, _function(*lines))


def _right(style: str, *lines: str) -> RightAnswer:
    return _SECTION.right("create_repository", style, _function(*lines))


_ALL = "repository visibility license returned again"

WRONG: tuple[WrongAnswer, ...] = (
    _wrong("fixed-owner", _ALL, _CREATE.replace("name", '"xxx/" + name'), _LICENSE, _RETURN),
    _wrong("fixed-owner", _ALL, _CREATE.replace("name", 'f"ada/{name}"'), _LICENSE, _RETURN),
    _wrong("fixed-owner", "returned", _CREATE, _LICENSE, 'return f"ada/{name}"'),
    _wrong("fixed-name", "repository returned", _CREATE.replace("name", '"mymodel04"'), _LICENSE, _RETURN),
    _wrong("fixed-name", "repository", _CREATE.replace("name", '"mymodel04"'), _LICENSE,
        'return HfApi().whoami()["name"] + "/" + name',
    ),
    _wrong("not-the-full-name", "license returned again", _CREATE,
        'metadata_update(name, {"license": "apache-2.0"}, overwrite=True)', _RETURN,
    ),
    _wrong("not-the-full-name", "license returned again", _CREATE,
        'metadata_update("ada/" + name, {"license": "apache-2.0"}, overwrite=True)', _RETURN,
    ),
    _wrong("not-twice", "again", "url = create_repo(name, private=True)", _LICENSE, _RETURN),
    _wrong("deletes", "again",
        'repo_id = HfApi().whoami()["name"] + "/" + name',
        "HfApi().delete_repo(repo_id, missing_ok=True)",
        "url = create_repo(name, private=True)", _LICENSE, _RETURN,
    ),
    _wrong("deletes", "again", _CREATE,
        "with tempfile.TemporaryDirectory() as folder:",
        '    Path(folder, "README.md").write_text("---\\nlicense: apache-2.0\\n---\\n")',
        '    HfApi().upload_folder(repo_id=url.repo_id, folder_path=folder, delete_patterns="*")', _RETURN,
    ),
    _wrong("needs-two-calls", "license",
        'repo_id = HfApi().whoami()["name"] + "/" + name',
        "try:",
        "    create_repo(name, private=True)",
        "except Exception:",
        '    metadata_update(repo_id, {"license": "apache-2.0"}, overwrite=True)',
        "return repo_id",
    ),
    _wrong("needs-two-calls", "visibility",
        'repo_id = HfApi().whoami()["name"] + "/" + name',
        "if HfApi().repo_exists(repo_id):",
        "    HfApi().update_repo_settings(repo_id, private=True)",
        "url = create_repo(name, exist_ok=True)", _LICENSE, _RETURN,
    ),
    _wrong("overwrites-the-card", "again", _CREATE, _OVERWRITES, _RETURN),
    _wrong("overwrites-the-card", "again", _CREATE,
        'ModelCard("---\\nlicense: apache-2.0\\n---\\n# A model").push_to_hub(url.repo_id)', _RETURN,
    ),
    _wrong("overwrites-the-card", "again",
        "import subprocess",
        _CREATE,
        "with tempfile.TemporaryDirectory() as folder:",
        '    subprocess.run(["git", "clone", str(url), folder], check=True)',
        '    Path(folder, "README.md").write_text("---\\nlicense: apache-2.0\\n---\\n")',
        '    subprocess.run("git add . && (git diff --cached --quiet || git commit -m card && git push)",',
        "                   shell=True, check=True, cwd=folder)",
        _RETURN,
    ),
    _SECTION.wrong("create_repository", "not-twice", "again",
        _IMPORTS + "from functools import lru_cache\n\n@lru_cache\n"
        "def create_repository(name):\n    url = create_repo(name, private=True)\n"
        f"    {_LICENSE}\n    {_RETURN}\n",
    ),
    _SECTION.wrong("create_repository", "not-twice", "again",
        _IMPORTS + "made = {}\n\ndef create_repository(name):\n    if name not in made:\n"
        "        url = made[name] = create_repo(name, private=True)\n"
        f"        {_LICENSE}\n    return made[name].repo_id\n",
    ),
    _wrong("public", "visibility", "url = create_repo(name, exist_ok=True)", _LICENSE, _RETURN),
    _wrong(
        "dataset", "repository",
        'url = create_repo(name, repo_type="dataset", private=True, exist_ok=True)',
        f'{_CARD}; {_UPLOAD}, repo_type="dataset")',
        _RETURN,
    ),
    _wrong("no-license", "license", _CREATE, _RETURN),
    _wrong("no-license", "license", _CREATE,
        'HfApi().upload_file(path_or_fileobj=b"Apache 2.0", path_in_repo="LICENSE", repo_id=url.repo_id)', _RETURN,
    ),
    _wrong("license-in-the-text", "license", _CREATE,
        "if not HfApi().file_exists(url.repo_id, 'README.md'):",
        '    ModelCard("The license of this model is apache-2.0.").push_to_hub(url.repo_id)', _RETURN,
    ),
    _wrong("overwrites-the-card", "license again", _CREATE,
        'ModelCard("The license of this model is apache-2.0.").push_to_hub(url.repo_id)', _RETURN,
    ),
    _wrong("returns-nothing", "returned", _CREATE, _LICENSE),
    _wrong("returns-the-address", "returned", _CREATE, _LICENSE, "return url"),
    _wrong("returns-the-short-name", "returned", _CREATE, _LICENSE, "return name"),
)  # fmt: skip

RIGHT: tuple[RightAnswer, ...] = (
    _right(
        "an HfApi object, visibility as a word, the card as a file",
        "api = HfApi()",
        'owner = api.whoami()["name"]',
        'repo_id = f"{owner}/{name}"',
        'api.create_repo(repo_id, visibility="private", exist_ok=True)',
        'card = "---\\nlicense: apache-2.0\\n---\\n# A model\\n".encode()',
        'if "README.md" not in api.list_repo_files(repo_id):',
        '    api.upload_file(path_or_fileobj=card, path_in_repo="README.md", repo_id=repo_id)',
        "return repo_id",
    ),
    RightAnswer(
        "2.3", "create_repository", "an object that was made before, for another Hub",
        'from huggingface_hub import HfApi\n\napi = HfApi(endpoint="http://127.0.0.1:9")\n\n'
        "def create_repository(name):\n"
        "    url = api.create_repo(name, private=True, exist_ok=True)\n"
        '    if not api.file_exists(url.repo_id, "README.md"):\n'
        '        card = b"---\\nlicense: apache-2.0\\n---\\n"\n'
        '        api.upload_file(path_or_fileobj=card, path_in_repo="README.md", repo_id=url.repo_id)\n'
        "    return url.repo_id\n",
    ),
    _right(
        "the license as a list of one",
        _CREATE,
        'card = b"---\\nlicense:\\n- apache-2.0\\n---\\n"',
        'if not HfApi().file_exists(url.repo_id, "README.md"):',
        f"    {_UPLOAD})",
        _RETURN,
    ),
    _right(
        "the license with git, in a clone",
        "import subprocess",
        _CREATE,
        "with tempfile.TemporaryDirectory() as folder:",
        '    subprocess.run(["git", "clone", str(url), folder], check=True)',
        '    if not Path(folder, "README.md").exists():',
        '        Path(folder, "README.md").write_bytes("\\ufeff---\\r\\nlicense: apache-2.0\\r\\n---\\r\\n".encode())',
        '    subprocess.run("git add . && (git diff --cached --quiet || git commit -m card && git push)",',
        "                   shell=True, check=True, cwd=folder)",
        _RETURN,
    ),
    _right(
        "a card that is loaded, changed and pushed",
        _CREATE,
        "try:",
        "    card = ModelCard.load(url.repo_id)",
        "except Exception:",
        '    card = ModelCard("---\\ntags:\\n- test\\n---\\n# A model\\n")',
        'card.data.license = "apache-2.0"',
        "card.push_to_hub(url.repo_id)",
        _RETURN,
    ),
    _right(
        "the command line, noise on stderr",
        "import subprocess, sys",
        'subprocess.run(["hf", "repos", "create", name, "--private", "--exist-ok"], check=True)',
        'print("made", file=sys.stderr)',
        'repo_id = HfApi().whoami()["name"] + "/" + name',
        'metadata_update(repo_id, {"license": "apache-2.0"}, overwrite=True)',
        "return repo_id",
    ),
)  # fmt: skip
