"""The learner's half of a replay: run the answer in the place that the referee prepared, and report what it did.

A function runs in this very process, with ``huggingface_hub`` pointed at the referee's Hub for as long as it runs; a
script and a form need not. Nothing here knows the right answers, or the user's own Hub, account or token.
"""

from __future__ import annotations

import contextlib
import functools
import os
from collections.abc import Callable, Iterator, Sequence
from functools import partial
from pathlib import Path
from types import FunctionType
from typing import Any, Protocol

from autograde import settings
from autograde.exercises.calling import called, evidence, is_empty
from autograde.exercises.capturing import captured
from autograde.exercises.forgetting import remember
from autograde.exercises.giving_away import password_in_form, token_in_answer, token_in_notebook
from autograde.exercises.observing import observe
from autograde.exercises.runs import watched
from autograde.judge.describing import TIME_LIMIT
from autograde.judge.observation import Mapping, Observation, Raised, from_json, listed, loads
from autograde.judge.question import GAVE_AWAY, LONGEST_NOISE, Evidence, Reply
from autograde.replay import Place, Scene, run_script, submit, working_place


class Director(Protocol):
    """The part of the referee that a replay needs."""

    def prepare(self, section: str, function: str, graded: bool, case: str) -> str:
        """Prepare a case on a new Hub; return its scene as JSON."""

    def between(self) -> None:
        """Tell the referee that a function was called once and will be called again."""

    def observe(self, section: str, function: str, graded: bool, case: str) -> None:
        """Tell the referee that the replay is over."""


def act(
    director: Director, section: str, function: str, graded: bool, answer: object, requests: Sequence[dict[str, Any]]
) -> Evidence:
    """Run the answer on every case; return what the learner's side can report. The referee observes the Hub itself.

    Args:
        director: makes the scenes.
        section: of the question.
        function: the name of the question's function or value.
        graded: whether the cases are the graded ones.
        answer: the learner's answer.
        requests: the cases, each with ``act``: its kind and its time limit.
    """
    found = evidence(answer, ())
    kind = requests[0]["act"]["kind"]
    if found.given != {"call": "function", "script": "text", "form": "entries"}[kind]:
        return found
    performers: dict[str, Callable[..., Reply]] = {"call": partial(_call, director), "script": _script, "form": _form}
    perform = performers[kind]
    replies: list[Reply] = []
    for request in requests:
        scene = Scene.from_json(loads(director.prepare(section, function, graded, request["name"])))  # type: ignore[arg-type]  # the referee writes dictionaries
        with working_place(scene) as place:
            arguments = [_told(from_json(argument), place) for argument in request["arguments"]]
            replies.append(perform(function, answer, arguments, scene, place, request["act"]["seconds"]))
        director.observe(section, function, graded, request["name"])
        if _over(replies[-1].value):
            break
    return Evidence(found.given, found.type, tuple(replies))


def _told(argument: Observation, place: Place) -> Any:
    """Return an argument; ``$NAME`` is replaced by the place's variable."""
    if isinstance(argument, str) and argument.startswith("$"):
        return place.variables[argument[1:]]
    return argument


def _over(report: Observation) -> bool:
    """Return whether a replay took so long that no other is tried."""
    if isinstance(report, Mapping):
        calls = report.get("returned")
        last = getattr(calls, "items", (None,))[-1:]
        return report.get("ended") == "time" or (bool(last) and _over(last[0]))
    return isinstance(report, Raised) and report.type in (TIME_LIMIT, "KeyboardInterrupt")


def _call(
    director: Director,
    _function: str,
    answer: Any,
    arguments: list[Any],
    scene: Scene,
    place: Place,
    seconds: float,
) -> Reply:
    """Call a function as often as the scene says, logged in as the scene's account."""
    results: list[Reply] = []
    noticed: dict[str, Observation] = {"argument": False, "variable": ""}

    def notice(result: object) -> None:
        # Compare identity, not equality: the same text read from elsewhere is another object.
        noticed["argument"] = type(result) is str and any(result is argument for argument in arguments)
        noticed["variable"] = _told_as(settings.environment().get("HF_TOKEN", ""), scene)

    # Don't import libraries for a function that is not written yet.
    folder = place.variables.get("MODEL_FOLDER") if scene.model and not _is_stub(answer) else None
    forget = remember(answer)
    with _client(scene, place):
        for time in range(scene.times):
            if time:
                forget()
                director.between()
            with _inside(place), watched(folder) as runs:
                results.append(called(answer, arguments, seconds, notice, scene.tokens()))
                saved = _saved(scene, place)
            if isinstance(results[-1].value, Raised):
                break
    report = Mapping(
        (
            ("returned", listed(*(_by_name(result.value, scene) for result in results))),
            *noticed.items(),
            ("saved", saved),
            ("token_in_answer", token_in_answer(answer)),
            ("token_in_notebook", token_in_notebook(answer)),
            ("token_printed", any(GAVE_AWAY in result.effects for result in results)),
            ("ran", listed(*runs)),
        )
    )
    effects = frozenset[str]().union(*(result.effects for result in results))
    return Reply(report, effects, _without_tokens(results[-1].printed, scene))


def _is_stub(answer: object) -> bool:
    """Return whether a function can only raise NotImplementedError."""
    return type(answer) is FunctionType and answer.__code__.co_names == ("NotImplementedError",)


def _script(function: str, answer: Any, _arguments: list[Any], _scene: Scene, place: Place, seconds: float) -> Reply:
    report = run_script(str.__str__(answer), place, seconds, function.replace("_sh", ".sh"))
    return Reply(report, printed=str(report.get("said"))[:LONGEST_NOISE])


def _form(_function: str, answer: Any, arguments: list[Any], scene: Scene, _place: Place, _seconds: float) -> Reply:
    """Submit the form with the learner's fields that the case names; the kit makes up the others."""
    entries = {key: value for key, value in dict.items(answer) if type(key) is str}
    own = {name: None if is_empty(value := entries.get(name)) else value for name in arguments}
    filled = {"username": "somebody-new", "email": "somebody-new@example.org"} | own
    report = [("fields", observe(own)), ("password", password_in_form(answer))]
    if all(type(value) is str for value in filled.values()):
        report += submit({name: str(value) for name, value in filled.items()}, scene).items
    return Reply(Mapping(tuple(report)))


@contextlib.contextmanager
def _client(scene: Scene, place: Place) -> Iterator[None]:
    """Inside the block, this process's ``huggingface_hub`` uses the scene's Hub and the place's home."""
    with contextlib.ExitStack() as stack:
        if scene.endpoint:
            from autograde.hub.imported_client import imported_client

            with captured():
                # A library that is imported here for the first time may print something.
                stack.enter_context(imported_client(scene.endpoint, place.home))
                stack.enter_context(_every_client(scene.endpoint))
                stack.enter_context(_changed_uploads(scene.uploaded_becomes))
        yield


@contextlib.contextmanager
def _inside(place: Place) -> Iterator[None]:
    """Inside the block, this process uses the place's working folder and environment."""
    before, folder = settings.environment(), os.open(".", os.O_RDONLY)
    try:
        settings.set_environment(place.environment)
        _enter(place.work)
        yield
    finally:
        os.fchdir(folder)
        os.close(folder)
        settings.set_environment(before)


def _enter(folder: Path) -> None:
    """Change to the folder; create it again if an earlier call removed or replaced it."""
    try:
        os.chdir(folder)
    except OSError:
        with contextlib.suppress(OSError):
            folder.rename(folder.with_name("what-an-earlier-call-left"))
        folder.mkdir(parents=True, exist_ok=True)
        os.chdir(folder)


@contextlib.contextmanager
def _every_client(endpoint: str) -> Iterator[None]:
    """Inside the block, every ``HfApi`` uses ``endpoint``, even one that was created before for another Hub."""
    import huggingface_hub

    client: Any = huggingface_hub.HfApi

    def keep(api: Any, value: object) -> None:
        api.__dict__["endpoint"] = value

    client.endpoint = property(lambda _api: endpoint, keep)
    try:
        yield
    finally:
        del client.endpoint


@contextlib.contextmanager
def _changed_uploads(text: str) -> Iterator[None]:
    """Inside the block, replace each local file's content by ``text`` once it is uploaded; with ``""``, do nothing.

    This distinguishes functions that read the local file from those that read the downloaded one.
    """
    if not text:
        yield
        return
    import huggingface_hub

    client: Any = huggingface_hub.HfApi
    before = client.create_commit

    @functools.wraps(before)
    def create_commit(api: Any, repo_id: str, operations: Any, *given: Any, **named: Any) -> Any:
        planned = list(operations)
        made = before(api, repo_id, planned, *given, **named)
        for operation in planned:
            path = getattr(operation, "path_or_fileobj", None)
            if isinstance(path, str | Path):
                with contextlib.suppress(OSError):
                    Path(path).write_text(text, encoding="utf-8")
        return made

    client.create_commit = create_commit
    try:
        yield
    finally:
        client.create_commit = before


def _saved(scene: Scene, place: Place) -> str:
    """Return which token is saved for the client: its variable's name, ``other``, or ``""``."""
    try:
        token = (place.home / "huggingface" / "token").read_text(encoding="utf-8").strip()
    except (OSError, ValueError):
        return ""
    return _told_as(token, scene)


def _told_as(token: str, scene: Scene) -> str:
    """Return the name of the variable that contains a token; ``other``, or ``""`` for none."""
    return next((name for name, value in scene.variables.items() if value == token), "other") if token else ""


def _by_name(value: Observation, scene: Scene) -> Observation:
    """Return an observation in which a token is replaced by its variable, ``$READ_TOKEN``."""
    if isinstance(value, str) and value in scene.tokens():
        return f"${_told_as(value, scene)}"
    return value


def _without_tokens(printed: str, scene: Scene) -> str:
    """Return what was printed with the tokens shortened, so that none is shown in a notebook."""
    for token in scene.tokens():
        printed = printed.replace(token, f"{token[:6]}…")
    return printed
