"""What a function kept from its first call is gone before its second one."""

from __future__ import annotations

from typing import Any

import pytest

from autograde.runner.answers.forgetting import remember

WAYS = {
    "a cache": "from functools import lru_cache\n@lru_cache\ndef f(name):\n    return make(name)",
    "a cached function that it calls": (
        "from functools import cache\n@cache\ndef again(name):\n    return make(name)\n"
        "def f(name):\n    return again(name)"
    ),
    "a global dictionary": (
        "made = {}\ndef f(name):\n    if name not in made:\n        made[name] = make(name)\n    return made[name]"
    ),
    "a global flag": (
        "def f(name):\n    global done\n    try:\n        return done\n    except NameError:\n"
        "        done = make(name)\n"
        "    return done"
    ),
    "a default": "def f(name, seen=[]):\n    if not seen:\n        seen.append(make(name))\n    return seen[0]",
    "an attribute": "def f(name):\n    f.made = getattr(f, 'made', None) or make(name)\n    return f.made",
    "a closure": (
        "def outer():\n    seen = set()\n    def f(name):\n        if not seen:\n            seen.add(make(name))\n"
        "        return name\n    return f\nf = outer()"
    ),
}


@pytest.mark.parametrize("way", WAYS)
def test_a_function_does_its_work_again_after_it_has_forgotten(way: str) -> None:
    calls: list[str] = []

    def make(name: str) -> str:
        calls.append(name)
        return name

    names: dict[str, Any] = {"make": make}
    exec(WAYS[way], names)
    forget = remember(names["f"])
    names["f"]("a")
    names["f"]("a")
    assert calls == ["a"], "the function keeps what it made"
    forget()
    names["f"]("a")
    assert calls == ["a", "a"]


@pytest.mark.parametrize("thing", [len, print, 7, None, lambda: 1, type])
def test_what_keeps_nothing_has_nothing_to_forget(thing: object) -> None:
    remember(thing)()
