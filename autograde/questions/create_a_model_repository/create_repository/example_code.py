"""2.3, a model repository: writes example answers from the lines of their code."""

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
RETURN = "return url.repo_id"
ALL = "repository visibility license returned again"
SIGNATURE = "create_repository(name)"

_ANSWER = function(SIGNATURE, IMPORTS)

right, wrong = _ANSWER.right, _ANSWER.wrong
