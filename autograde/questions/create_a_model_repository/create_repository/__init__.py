"""2.3: a model repository made by a program, that may run twice."""

from __future__ import annotations

from autograde.judge.examples import function
from autograde.judge.execution import Execution, ExecutionKind
from autograde.judge.messages import _
from autograde.judge.question import Question, Teaching
from autograde.questions.create_a_model_repository.create_repository.cases import VISIBLE, hidden
from autograde.questions.create_a_model_repository.create_repository.example_code import (
    CREATE,
    RETURN,
    SIGNATURE,
    UPLOAD,
    right,
)
from autograde.questions.create_a_model_repository.create_repository.facets import FACETS, achieved
from autograde.questions.create_a_model_repository.create_repository.misconceptions import MISCONCEPTIONS
from autograde.questions.create_a_model_repository.create_repository.outcome import join

SOLUTION = """\
def create_repository(name):
    url = create_repo(name, private=True, exist_ok=True)
    metadata_update(url.repo_id, {"license": "apache-2.0"}, overwrite=True)
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
        'print("made", file=sys.stderr)', 'repo_id = HfApi().whoami()["name"] + "/" + name',
        'metadata_update(repo_id, {"license": "apache-2.0"}, overwrite=True)', "return repo_id",
    ),
)  # fmt: skip


QUESTION = Question(
    id="2.3/create_repository",
    visible=VISIBLE,
    hidden=hidden,
    oracle=FACETS.oracle,
    rubric=FACETS.rubric,
    misconceptions=MISCONCEPTIONS,
    execution=Execution(ExecutionKind.CALL, join),
    presentation=FACETS.presentation(achieved),
    teaching=Teaching(
        title=_("Create a model repository with a program"),
        hints=(
            _(
                "Which function of huggingface_hub created the repository in lesson 2.3? Which parameter let you run "
                "it twice?"
            ),
            _(
                "create_repo has the parameters `private` and `exist_ok`, but none for the license. The license is in "
                "the metadata of README.md, and metadata_update writes it there."
            ),
            _(
                "After `url = create_repo(name, ...)`, the full name is `url.repo_id`. Call metadata_update with this "
                "name, a dictionary with the license, and overwrite=True; then return the name."
            ),
        ),
        solution=SOLUTION,
        expectation=_("the full name, owner/name"),
        advice_on=FACETS.advice,
        right=RIGHT,
    ),
)
