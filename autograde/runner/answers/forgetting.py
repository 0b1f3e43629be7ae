"""Reset what a function stored in this process, so that a second call runs as in a new process.

A cache, a global list or a flag would hide that the function does its work again in a new process.
"""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterator
from types import FunctionType
from typing import Any

#: How far functions are followed that call other functions of the notebook.
_DEEPEST = 4


def remember(answer: object) -> Callable[[], None]:
    """Remember what the function can keep between two calls: caches, globals, closures, defaults, attributes.

    Returns:
        A function that puts all of it back and empties the caches.
    """
    steps: list[Callable[[], object]] = []
    for function in _functions(answer, set(), 0):
        steps.extend(_steps(function))

    def forget() -> None:
        for step in steps:
            # The learner's own objects may refuse anything.
            with contextlib.suppress(Exception):
                step()

    return forget


def _functions(answer: Any, seen: set[int], depth: int) -> Iterator[Any]:
    """The function, what it wraps, and the functions of its own notebook that it calls."""
    if id(answer) in seen or depth > _DEEPEST:
        return
    seen.add(id(answer))
    yield answer
    wrapped = getattr(answer, "__wrapped__", None)
    if wrapped is not None:
        yield from _functions(wrapped, seen, depth)
    if type(answer) is FunctionType:
        for name in answer.__code__.co_names:
            other = answer.__globals__.get(name)
            own = getattr(getattr(other, "__wrapped__", other), "__globals__", None)
            if own is answer.__globals__:
                yield from _functions(other, seen, depth + 1)


def _steps(function: Any) -> Iterator[Callable[[], object]]:
    """What puts one function's memory back."""
    if callable(clear := getattr(function, "cache_clear", None)):
        yield clear
    if type(function) is not FunctionType:
        return
    names = function.__globals__
    for name in function.__code__.co_names:
        yield _rebinding(names, name)
        yield from _refilling(names.get(name))
    for cell in function.__closure__ or ():
        with contextlib.suppress(ValueError):
            yield from _refilling(cell.cell_contents)
    for value in (*(function.__defaults__ or ()), *(function.__kwdefaults__ or {}).values()):
        yield from _refilling(value)
    yield from _refilling(function.__dict__)


def _rebinding(names: dict[str, Any], name: str) -> Callable[[], object]:
    if name in names:
        value = names[name]
        return lambda: names.__setitem__(name, value)
    return lambda: names.pop(name, None)


def _refilling(value: Any) -> Iterator[Callable[[], object]]:
    """For a list, a dictionary or a set: what gives it the content back that it has now."""
    if type(value) is list:
        items = list(value)
        yield lambda: value.__setitem__(slice(None), items)
    elif type(value) in (dict, set):
        content = value.copy()
        yield lambda: (value.clear(), value.update(content))
