"""3: the cases with their models and pairs of sentences, and their right answers."""

from __future__ import annotations

import random

from autograde.judge.cases import Case
from autograde.judge.example_names import ACCOUNTS, FULL_NAMES, MODELS, TUTORIAL_ACCOUNTS
from autograde.judge.initial_state import InitialState, PlannedFile, PlannedModel
from autograde.judge.messages import _
from autograde.judge.observation import Sequence, listed, whole_numbers

SECONDS = 25.0

#: Files of the visible folder, and of hidden ones, in addition to the model's.
_VISIBLE_FILES = ("README.md", "eval/results.json")
_HIDDEN_FILES = (
    ("README.md", "LICENSE", ".info.json", "1_Pooling/config.json"),
    ("training log.txt", "说明.txt", ".eval/scores 2.csv"),
)

#: Words that are one token each in the tiny models' vocabulary.
_ENGLISH = "talk is show me your the run we books she music at night yes no good".split()
_CHINESE = "我 学 天 中 文 人 大 水 山 不 小 月 日 上 下 有 一 三 国".split()


def _content(path: str, model: str) -> str:
    # Without metadata in the model card, huggingface_hub would print a warning even for a right answer.
    metadata = "---\nlicense: mit\n---\n" if path == "README.md" else ""
    return f"{metadata}{path} of {model}\n"


def _case(
    name: str, account: str, model: str, planned: PlannedModel, first: list[str], second: list[str],
    others: tuple[str, ...],
) -> Case:  # fmt: skip
    initial = InitialState(
        account=account, fullname=FULL_NAMES[account],
        taken=TUTORIAL_ACCOUNTS, role="write", name=model, folder=f"{model}-finetuned", model=planned,
        files=tuple(PlannedFile(path, text=_content(path, model)) for path in others),
    )  # fmt: skip
    about = _("the case of a model with the hidden size {size}", size=planned.hidden_size)
    joint = "" if first[0] in _CHINESE else " "
    arguments = ("$MODEL_FOLDER", model, joint.join(first), joint.join(second))
    return Case(name, "paths", about, arguments, facts=listed(len(first), len(second)), initial=initial)


VISIBLE = (
    _case(
        "visible", "mei", "sentence-bert", PlannedModel(hidden_size=24, layers=1, heads=2, seed=1),
        "talk is good".split(), "show me your music !".split(), _VISIBLE_FILES,
    ),
)  # fmt: skip


def hidden(rng: random.Random) -> tuple[Case, ...]:
    """Generate hidden cases with ``rng``."""
    (one, two), (first, second) = rng.sample(ACCOUNTS, 2), rng.sample(MODELS, 2)
    sizes = rng.sample((20, 28, 36, 44), 2)
    return (
        _case(
            "english", one, first, PlannedModel(sizes[0], layers=2, heads=2, seed=rng.randint(2, 999)),
            rng.sample(_ENGLISH, 5), rng.sample(_ENGLISH, 3), _HIDDEN_FILES[0],
        ),
        _case(
            "chinese", two, second, PlannedModel(sizes[1], layers=1, heads=4, seed=rng.randint(2, 999)),
            rng.sample(_CHINESE, 3), rng.sample(_CHINESE, 7), _HIDDEN_FILES[1],
        ),
    )  # fmt: skip


def lengths_of(case: Case) -> tuple[int, int]:
    """Return the number of tokens of each sentence."""
    first, second = whole_numbers(case.facts)
    return first, second


def shape_of(case: Case, tokens: int | None = None, size: int | None = None) -> Sequence:
    """Return the shape of the hidden state, (batch, tokens, hidden size); by default for the pair."""
    model = case.initial.model
    assert model is not None
    return listed(1, tokens or sum(lengths_of(case)) + 3, size or model.hidden_size)
