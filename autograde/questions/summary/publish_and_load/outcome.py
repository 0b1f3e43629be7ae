"""3: build the judged answer from the state of the Hub, the models that ran, and the returned value."""

from __future__ import annotations

from autograde.judge.cases import Case
from autograde.judge.execution import calls, replaced
from autograde.judge.hub_facets import ADDRESS
from autograde.judge.hub_state import FileStatus, Storage
from autograde.judge.observation import Mapping, Observation, Raised, Sequence, Tensor, listed
from autograde.questions._new_repositories import names_of
from autograde.questions._numbers import shape_as_list, with_plain_numbers
from autograde.questions.summary.publish_and_load.cases import lengths_of, shape_of
from autograde.questions.summary.publish_and_load.facets import (
    BROKEN_OFF,
    ELSEWHERE,
    FACETS,
    HUB,
    MASKED,
    NO_SEGMENTS,
    OTHER_WEIGHTS,
    RESULT,
    TENSOR,
)

#: Files of a tokenizer. Loading it from the Hub downloads at least one of them.
_TOKENIZER = frozenset({"tokenizer.json", "tokenizer_config.json", "vocab.txt"})


def join(case: Case, report: Mapping, seen: Mapping) -> Observation:
    """Return the judged answer, from the function's report and the state of the Hub, ``seen``."""
    returned = calls(report)[-1]
    files, storage = _files(seen)
    runs = _runs(report)
    model, tokenizer = _loaded(seen, runs)
    ran, shape_of_result = _ran(case, runs)
    name, shape = _parts(returned)
    if shape == shape_of_result:
        shape = RESULT
    elif isinstance(shape, Tensor) and listed(*shape.shape) == shape_of_result:
        shape = TENSOR
    answer = FACETS.answer(
        case, made=names_of(seen.mapping("repositories")), files=files, storage=storage, model=model,
        tokenizer=tokenizer, ran=ran, name=name, shape=shape,
    )  # fmt: skip
    return _stopped(answer, returned) if isinstance(returned, Raised) else answer


def _stopped(answer: Mapping, error: Raised) -> Mapping:
    """Return the answer of a function that raised, with the error in place of each missing part."""
    missing = {
        "files": FileStatus.MISSING,
        "storage": Storage.NOWHERE,
        "model": ELSEWHERE,
        "tokenizer": ELSEWHERE,
        "ran": "nothing",
    }
    stopped: dict[str, Observation] = {name: error for name, what in missing.items() if answer.get(name) == what}
    if answer.get("ran") == BROKEN_OFF:
        stopped["ran"] = broken_off(error)
    return replaced(answer, **stopped, name=error, shape=error)


def broken_off(error: Raised) -> Mapping:
    """Return the known parts of a call that ended in an exception."""
    return Mapping(((BROKEN_OFF, error),))


def _files(seen: Mapping) -> tuple[str, Observation]:
    """Return the worst status of the folder's files, and where the weights are."""
    target = seen.mapping("target")
    statuses = target.mapping("files")
    if not target.items:
        return FileStatus.MISSING, Storage.NOWHERE
    if any(path.endswith("/config.json") and status == FileStatus.EXTRA for path, status in statuses.items):
        return "folder", target.get("storage")
    found = {str(status) for _path, status in statuses.items}
    # A changed file is more informative than a missing one.
    worst = (FileStatus.DIFFERENT, FileStatus.POINTER, FileStatus.MISSING)
    return next((each for each in worst if each in found), FileStatus.SAME), target.get("storage")


def _loaded(seen: Mapping, runs: tuple[Mapping, ...]) -> tuple[str, str]:
    """Return where model and tokenizer were loaded from, according to the run (folder) and the events (Hub)."""
    # Recognise files by name, in any folder of the repository.
    fetched = {str(path).rpartition("/")[2] for path in seen.sequence("downloads")}
    from_folder = bool(runs) and all(run.get("folder") is True for run in runs)
    other_weights = bool(runs) and all(run.get("weights") is False for run in runs)
    model = ELSEWHERE
    if fetched & {"git", "model.safetensors"}:
        model = OTHER_WEIGHTS if other_weights else ELSEWHERE if from_folder else HUB
    elif other_weights and not from_folder:
        model = OTHER_WEIGHTS
    return model, HUB if fetched & {"git", *_TOKENIZER} else ELSEWHERE


def _runs(report: Mapping) -> tuple[Mapping, ...]:
    return tuple(run for run in report.sequence("ran") if isinstance(run, Mapping))


def _ran(case: Case, every_run: tuple[Mapping, ...]) -> tuple[str, Sequence]:
    """Return the model's input and the resulting shape; of several runs, the right one counts, otherwise the last.

    Only a shape that ends with the hidden size counts, because the first output of a model with a head is different.
    """
    runs = [run for run in every_run if run.get("ended") is True]
    if not runs:
        return BROKEN_OFF if every_run else "nothing", shape_of(case)
    inputs = [(_input(case, run), run.get("shape")) for run in runs]
    ran, shape = next((each for each in inputs if each[0] == "pair"), inputs[-1])
    counts = (
        ran not in ("pair", NO_SEGMENTS, MASKED)
        and isinstance(shape, Sequence)
        and shape.items[2:] == shape_of(case).items[2:]
    )
    return ran, shape if counts and isinstance(shape, Sequence) else shape_of(case)


def _input(case: Case, run: Mapping) -> str:
    """Classify the token ids by the position of the last one, which ends a sentence; its value does not matter.

    A model called with vectors instead of ids is accepted.
    """
    ids, segments = run.get("ids"), run.get("segments")
    if not isinstance(ids, Tensor) or ids.data is None:
        return "pair"
    if len(ids.shape) != 2 or ids.shape[0] != 1:
        return "rows" if ids.shape[:1] == (2,) else "other"
    numbers = ids.array()[0].tolist()
    lengths, length = [], 0
    for number in numbers[1:]:
        if number == numbers[-1]:
            lengths.append(length)
            length = 0
        else:
            length += 1
    first, second = lengths_of(case)
    match lengths:
        case [one, two] if (one, two) == (first, second):
            right = [0] * (first + 2) + [1] * (second + 1)
            given = segments.array().ravel().tolist() if isinstance(segments, Tensor) and segments.data else []
            if given != right:
                return NO_SEGMENTS
            return MASKED if _hides(run.get("mask")) else "pair"
        case [one, two] if (one, two) == (second, first):
            return "swapped"
        case [one] if one == first:
            return "first"
        case [one] if one == second:
            return "second"
        case [one] if one >= max(first, second):
            return "joined"
    return "other"


def _hides(mask: Observation) -> bool:
    """Return whether an attention mask hides tokens, that is, contains a 0.

    In a four-dimensional mask, which is added to the attention, 0 hides nothing.
    """
    return isinstance(mask, Tensor) and len(mask.shape) < 4 and mask.data is not None and not bool(mask.array().all())


def _parts(returned: Observation) -> tuple[Observation, Observation]:
    """Return the name and the shape in the returned value; a value that is not a pair counts as one of them."""
    if isinstance(returned, str):
        return _name(returned), None
    if isinstance(returned, Sequence) and len(returned.items) == 2:
        name, shape = returned.items[0], with_plain_numbers(shape_as_list(returned.items[1]))
        return _name(name), listed(*shape.items) if isinstance(shape, Sequence) else shape
    if isinstance(returned, Sequence) and returned.items and isinstance(returned.items[0], str):
        # There are more than two values, or only one.
        return _name(returned.items[0]), returned
    return None, listed(*returned.items) if isinstance(returned, Sequence) else returned


def _name(value: Observation) -> Observation:
    # create_repo returns the repository's address, which is a string.
    if isinstance(value, str) and value.startswith("http"):
        return ADDRESS
    return listed(*value.items) if isinstance(value, Sequence) else value
