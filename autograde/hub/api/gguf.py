"""Which GGUF file of a model to run: the request that ``llama-cli -hf owner/name:Q4_K_M`` sends first."""

from __future__ import annotations

import re
from typing import Any

from autograde.hub.api.descriptions import sibling
from autograde.hub.refusals import Refusal
from autograde.hub.repos.contents import Entry, open_revision
from autograde.hub.web.calls import Call

#: The quantization of ``latest``, if the model has it.
_USUAL = "q4_k_m"

#: A part of a large model after its first; llama.cpp finds it by the name of the first.
_LATER_PART = re.compile(r".*-(?!00001)\d{5}-of-\d{5}\.gguf", re.IGNORECASE)


def manifest(call: Call) -> dict[str, Any]:
    """``GET /v2/{id}/manifests/{tag}``: the file of a quantization, and the projector of a model that sees pictures.

    A tag is a quantization, the name of a file, or ``latest``.
    """
    repository = call.readable()
    with open_revision(call.hub, repository, "main") as at:
        found = [entry for entry in at.list(recursive=True) if entry.is_file and entry.path.lower().endswith(".gguf")]
    projectors = [entry for entry in found if _is_projector(entry)]
    models = [entry for entry in found if not _is_projector(entry) and not _LATER_PART.fullmatch(entry.path)]
    if not models:
        raise Refusal(400, "This repository has no GGUF file, which llama.cpp needs.")
    chosen = _chosen(models, call.parameters["tag"])
    if chosen is None:
        raise Refusal(400, 'The specified tag is not a valid quantization scheme. Please use another tag or "latest".')
    answer = {"schemaVersion": 2, "ggufFile": sibling(chosen, blobs=True)}
    return answer | {"mmprojFile": sibling(projectors[0], blobs=True)} if projectors else answer


def _is_projector(entry: Entry) -> bool:
    return "mmproj" in entry.path.rpartition("/")[2].lower()


def _chosen(models: list[Entry], tag: str) -> Entry | None:
    """Return the model that ``tag`` means, or None."""
    if tag.lower() == "latest":
        return _named(models, _USUAL) or models[0]
    return next((model for model in models if model.utf8_path == tag), None) or _named(models, tag)


def _named(models: list[Entry], quantization: str) -> Entry | None:
    """Return the first model with a quantization as a whole word in its path: Q4_K is not Q4_K_M."""
    word = re.compile(rf"(?<![a-z0-9]){re.escape(quantization)}(?![a-z0-9_])", re.IGNORECASE)
    return next((model for model in models if word.search(model.path)), None)
