"""2.3, a model repository: the solution, right answers in other styles, and the builder of wrong ones from steps."""

from __future__ import annotations

from autograde.judge.examples import function

IMPORTS = """\
import tempfile
from pathlib import Path

from huggingface_hub import HfApi, ModelCard, create_repo, metadata_update

"""

#: Lines of example answers.
CREATE = "url = create_repo(name, private=True, exist_ok=True)"
CARD = 'card = b"---\\nlicense: apache-2.0\\n---\\n# A model\\n"'
UPLOAD = 'HfApi().upload_file(path_or_fileobj=card, path_in_repo="README.md", repo_id=url.repo_id'
OVERWRITES = f"{CARD}; {UPLOAD})"
ADD_LICENSE = 'metadata_update(url.repo_id, {"license": "apache-2.0"}, overwrite=True)'
OWN_NAME = 'repo_id = HfApi().whoami()["name"] + "/" + name'
SET_LICENSE = ADD_LICENSE.replace("url.repo_id", "repo_id")
RETURN = "return url.repo_id"
ALL = "repository visibility license returned again"
SIGNATURE = "create_repository(name)"

_ANSWER = function(SIGNATURE, IMPORTS, create=CREATE, license=ADD_LICENSE, end=RETURN)

right, wrong, wrong_step = _ANSWER.right, _ANSWER.wrong, _ANSWER.wrong_step

SOLUTION = """\
def create_repository(name):
    url = create_repo(name, private=True, exist_ok=True)
    metadata_update(
        url.repo_id, {"license": "apache-2.0"}, overwrite=True
    )
    return url.repo_id
"""

RIGHT = (
    right(
        "an HfApi object, visibility as a word, the card as a file", "api = HfApi()", 'owner = api.whoami()["name"]',
        'repo_id = f"{owner}/{name}"', 'api.create_repo(repo_id, visibility="private", exist_ok=True)',
        'card = "---\\nlicense: apache-2.0\\n---\\n# A model\\n".encode()',
        'if "README.md" not in api.list_repo_files(repo_id):',
        '    api.upload_file(path_or_fileobj=card, path_in_repo="README.md", repo_id=repo_id)', "return repo_id",
    ),
    function(
        SIGNATURE, 'from huggingface_hub import HfApi\n\napi = HfApi(endpoint="http://127.0.0.1:9")\n\n',
    ).right(
        "an object that was made before, for another Hub", "url = api.create_repo(name, private=True, exist_ok=True)",
        'if not api.file_exists(url.repo_id, "README.md"):', '    card = b"---\\nlicense: apache-2.0\\n---\\n"',
        '    api.upload_file(path_or_fileobj=card, path_in_repo="README.md", repo_id=url.repo_id)', RETURN,
    ),
    right(
        "the license as a list of one", CREATE, 'card = b"---\\nlicense:\\n- apache-2.0\\n---\\n"',
        'if not HfApi().file_exists(url.repo_id, "README.md"):', f"    {UPLOAD})", RETURN,
    ),
    right(
        "the license with git, in a clone", "import subprocess", CREATE,
        "with tempfile.TemporaryDirectory() as folder:",
        '    subprocess.run(["git", "clone", str(url), folder], check=True)',
        '    if not Path(folder, "README.md").exists():',
        '        Path(folder, "README.md").write_bytes("\\ufeff---\\r\\nlicense: apache-2.0\\r\\n---\\r\\n".encode())',
        '    subprocess.run("git add . && (git diff --cached --quiet || git commit -m card && git push)",',
        "                   shell=True, check=True, cwd=folder)", RETURN,
    ),
    right(
        "a card that is loaded, changed and pushed", CREATE, "try:", "    card = ModelCard.load(url.repo_id)",
        "except Exception:", '    card = ModelCard("---\\ntags:\\n- test\\n---\\n# A model\\n")',
        'card.data.license = "apache-2.0"', "card.push_to_hub(url.repo_id)", RETURN,
    ),
    right(
        "the command line, noise on stderr", "import subprocess, sys",
        'subprocess.run(["hf", "repos", "create", name, "--private", "--exist-ok"], check=True)',
        'print("made", file=sys.stderr)', OWN_NAME, SET_LICENSE, "return repo_id",
    ),
)  # fmt: skip
