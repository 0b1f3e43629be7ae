"""Model cards: parse README.md into its YAML metadata and its text, and validate the metadata."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Any

from autograde.hub.untrusted import Unreadable, clean_text, read_yaml

#: The licence identifiers of huggingface.co (https://huggingface.co/docs/hub/repositories-licenses).
LICENSES = (
    "apache-2.0 mit openrail bigscience-openrail-m creativeml-openrail-m bigscience-bloom-rail-1.0 bigcode-openrail-m "
    "afl-3.0 artistic-2.0 bsl-1.0 bsd bsd-2-clause bsd-3-clause bsd-3-clause-clear c-uda cc cc0-1.0 cc-by-2.0 "
    "cc-by-2.5 cc-by-3.0 cc-by-4.0 cc-by-sa-3.0 cc-by-sa-4.0 cc-by-nc-2.0 cc-by-nc-3.0 cc-by-nc-4.0 cc-by-nd-4.0 "
    "cc-by-nc-nd-3.0 cc-by-nc-nd-4.0 cc-by-nc-sa-2.0 cc-by-nc-sa-3.0 cc-by-nc-sa-4.0 cdla-sharing-1.0 "
    "cdla-permissive-1.0 cdla-permissive-2.0 wtfpl ecl-2.0 epl-1.0 epl-2.0 etalab-2.0 eupl-1.1 eupl-1.2 agpl-3.0 gfdl "
    "gpl gpl-2.0 gpl-3.0 lgpl lgpl-2.1 lgpl-3.0 isc h-research intel-research lppl-1.3c ms-pl apple-ascl apple-amlr "
    "mpl-2.0 odc-by odbl openmdw-1.0 openrail++ osl-3.0 postgresql ofl-1.1 ncsa unlicense zlib pddl lgpl-lr "
    "deepfloyd-if-license fair-noncommercial-research-license llama2 llama3 llama3.1 llama3.2 llama3.3 llama4 "
    "grok2-community gemma unknown other"
).split()

#: The longest metadata that are parsed, in characters: 64 Ki take 0.15 s.
_MAX_METADATA = 1 << 16

_FRONT = re.compile(r"\A\ufeff?\s*---[ \t]*\r?\n(.*?)(?:\r?\n)?^---[ \t]*(?:\r?\n|\Z)", re.DOTALL | re.MULTILINE)


@dataclass(frozen=True)
class RepositoryCard:
    """A parsed README.md: metadata, text, and the errors and warnings about the metadata."""

    metadata: dict[str, Any]
    text: str
    errors: list[str] = field(default_factory=list)
    warnings: list[str] = field(default_factory=list)


def parse_card(content: str, *, type: str = "model") -> RepositoryCard:
    """Parse a README.md. Never raises: problems are in ``errors`` and ``warnings``."""
    found = _FRONT.match(content)
    if not found:
        return RepositoryCard({}, clean_text(content), [], ["empty or missing yaml metadata in repo card"])
    text = clean_text(content[found.end() :])
    if len(found[1]) > _MAX_METADATA:
        return RepositoryCard(
            {}, text, [f"The metadata at the top of README.md are longer than {_MAX_METADATA:,} characters."]
        )
    try:
        metadata = read_yaml(found[1])
    except Unreadable as error:
        return RepositoryCard({}, text, [f"Invalid YAML in the model card's metadata: {error}"])
    if metadata is None:
        return RepositoryCard({}, text, [], ["empty or missing yaml metadata in repo card"])
    if not isinstance(metadata, dict):
        return RepositoryCard({}, text, ["The metadata at the top of README.md must be `key: value` lines."])
    return RepositoryCard(metadata, text, _errors(metadata, type), [])


def _errors(metadata: dict[str, Any], type: str) -> list[str]:
    errors = []
    licence = metadata.get("license")
    if licence is not None:
        given = licence if isinstance(licence, list) else [licence]
        if any(item not in LICENSES for item in given):
            errors.append(f'"license" must be one of [{", ".join(LICENSES)}]')
    for key in ("tags", "language", "datasets", "metrics"):
        value = metadata.get(key)
        items = value if isinstance(value, list) else [value]
        if value is not None and not all(isinstance(item, str) for item in items):
            hint = ' (a bare `no` means false in YAML; write "no")' if False in items else ""
            errors.append(f'"{key}" must be a text or a list of texts{hint}')
    for key in ("pipeline_tag", "library_name"):
        if metadata.get(key) is not None and not isinstance(metadata[key], str):
            errors.append(f'"{key}" must be a string')
    if type == "model" and "model-index" in metadata:
        index = metadata["model-index"]
        if not isinstance(index, list) or not all(isinstance(item, dict) and "name" in item for item in index):
            errors.append('"model-index" must be an array of objects, each with a name')
    return errors


def tags(card: RepositoryCard, type: str) -> list[str]:
    """Return the tags that a card gives its repository, as on huggingface.co: ``license:mit``, ``dataset:squad``."""
    metadata = card.metadata
    found: list[str] = []

    def each(key: str) -> list[str]:
        value = metadata.get(key)
        return (
            [str(item) for item in value] if isinstance(value, list) else [str(value)] if isinstance(value, str) else []
        )

    found += each("library_name") + each("pipeline_tag") + each("tags") + each("language")
    found += [f"dataset:{name}" for name in each("datasets")] + [f"base_model:{name}" for name in each("base_model")]
    found += [f"license:{name}" for name in each("license")]
    return list(dict.fromkeys(found))
