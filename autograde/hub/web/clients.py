"""Recognise clients by their ``User-Agent`` header: git, ``from_pretrained``, and ``huggingface_hub`` before 1.10.

With an empty cache, ``transformers`` sends a HEAD request for each file before it downloads it; with a full cache, it
still requests the model's information. Both are recorded as the event ``model.loaded``. Loading a model from a folder
sends no request.
"""

from __future__ import annotations

import re

from starlette.requests import Request

from autograde.hub.repos.tensors import is_weights

_LIBRARY = re.compile(r"(?:^|; )(?:transformers|sentence-transformers)/\d")
_OLD_HUGGINGFACE_HUB = re.compile(r"(?:^|; )hf_hub/(?:0|1\.\d)\.")


def takes_path_for_type(request: Request) -> bool:
    """Return whether this client takes the segment before a model's name for the repository's type: ``hub`` in
    ``https://school.example/hub/ada/bert``."""
    return bool(_OLD_HUGGINGFACE_HUB.search(_agent(request)))


def loads_weights(request: Request, path: str) -> bool:
    """Return whether this request for a file is ``from_pretrained`` requesting weights."""
    return request.method == "HEAD" and is_weights(path) and bool(_LIBRARY.search(_agent(request)))


def loads_model(request: Request) -> bool:
    """Return whether this request for a model's information comes from ``from_pretrained``."""
    return request.method == "GET" and bool(_LIBRARY.match(_agent(request)))


def is_git(request: Request) -> bool:
    """Return whether the client is git, which shows plain-text responses to the person; git-lfs reads JSON."""
    return _agent(request).startswith("git/")


def _agent(request: Request) -> str:
    return request.headers.get("user-agent", "")
