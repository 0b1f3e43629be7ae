"""Whether somebody loads a model with ``from_pretrained``: the client does not say so, but its name shows.

With an empty cache ``transformers`` asks for every file by HEAD before it fetches it; with a full one it still asks
what the model is. Either is written into the diary as ``model.loaded``. A model loaded from a folder leaves no trace.
"""

from __future__ import annotations

import re

from starlette.requests import Request

from autograde.hub.repos.tensors import is_weights

_LIBRARY = re.compile(r"(?:^|; )(?:transformers|sentence-transformers)/\d")


def loads_weights(request: Request, path: str) -> bool:
    """Whether this request for a file is ``from_pretrained`` asking for weights."""
    return request.method == "HEAD" and is_weights(path) and bool(_LIBRARY.search(_agent(request)))


def loads_model(request: Request) -> bool:
    """Whether this request for what a model is comes from ``from_pretrained``."""
    return request.method == "GET" and bool(_LIBRARY.match(_agent(request)))


def _agent(request: Request) -> str:
    return request.headers.get("user-agent", "")
