"""The tutorial's sixth step as a program: ``python -m autograde.demo.program REPOSITORY CLONE``.

Loads the model twice, from the Hub by its name and from the cloned folder, and prints the segment ids of the tutorial's
sentence pair and the shape of the last hidden state, one line each.
"""

from __future__ import annotations

import json
import sys
from typing import Any

import torch
from transformers import AutoModel, AutoTokenizer

#: The id of ``[SEP]`` in bert-base-uncased.
SEP_ID = 102


def load_and_run(name: str) -> tuple[list[int], Any]:
    """Return the segment ids (tokens) of the sentence pair, and the last hidden state (batch, tokens, hidden)."""
    tokenizer = AutoTokenizer.from_pretrained(name)
    model = AutoModel.from_pretrained(name)
    ids = tokenizer.encode("Talk is cheap", "Please show me your code!")
    first = ids.index(SEP_ID) + 1
    segment_ids = [0] * first + [1] * (len(ids) - first)
    with torch.no_grad():
        result = model(torch.tensor([ids]), token_type_ids=torch.tensor([segment_ids]))
    return segment_ids, result[0]


def main() -> int:
    """Return exit code 1 if the cloned model and the Hub's model give different results."""
    repository, clone = sys.argv[1:]
    segment_ids, state = load_and_run(repository)
    _, from_clone = load_and_run(clone)
    if not torch.equal(state, from_clone):
        print(f"{clone} computes something else than {repository}", file=sys.stderr)  # noqa: T201
        return 1
    print(json.dumps(segment_ids, separators=(",", ":")))  # noqa: T201
    print(from_clone.shape)  # noqa: T201
    return 0


if __name__ == "__main__":
    sys.exit(main())
