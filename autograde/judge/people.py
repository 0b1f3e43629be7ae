"""Names for throw-away Hubs: accounts and models that a case can be about. None of them is in the lessons."""

from __future__ import annotations

ACCOUNTS = ("noor", "lin-wei", "tomas", "abeba", "yuki-s", "ines", "kofi", "zhang-min", "olga", "ravi")
MODELS = ("news-bert", "tiny-chinese", "qa-model", "toxicity", "title-writer", "entity-finder", "rhyme", "review-stars")
