"""What an answer gives away that is to stand in no notebook: a password in a form, an access token in code."""

from __future__ import annotations

import contextlib
import inspect
import linecache
import re
import unicodedata
from collections.abc import Iterator, Sequence
from types import CodeType, FunctionType
from typing import Any

from autograde.exercises.calling import is_empty
from autograde.exercises.capturing import ipython_shell

#: What an access token looks like.
TOKEN = re.compile(r"hf_[A-Za-z0-9]{30,}")

#: What people call a password, in letters alone; ``passport`` and ``compass`` are none.
_PASSWORD = re.compile(
    r"(?<!com|tre)(?<!by)pass(?!port|enger|ion|age|ive)|pwd|psw|secret|mima|密码|密碼|口令|暗号|contrase|kennwort|motdepasse|senha|парол|パスワード|비밀번호"
    r"|^pw[0-9]*$"
)

#: How deep is looked: dictionaries in dictionaries, functions in functions.
_DEEPEST = 5


def password_in_form(fields: object, depth: int = 0) -> bool:
    """Whether a form's fields, a dictionary, hold a password under any of the names that people give it.

    A field in which nothing is filled in holds none.
    """
    if not issubclass(type(fields), dict) or depth > _DEEPEST:
        return False
    entries: Any = fields
    for key, value in dict.items(entries):
        if issubclass(type(key), str) and _names_a_password(str.__str__(key)) and not is_empty(value):
            return True
        if password_in_form(value, depth + 1):
            return True
    return False


def _names_a_password(key: str) -> bool:
    letters = "".join(re.findall(r"[^\W_]+", unicodedata.normalize("NFKC", key).casefold()))
    return _PASSWORD.search(letters) is not None


def token_in_answer(answer: object) -> bool:
    """Whether a token stands in a function itself, its comments included."""
    return type(answer) is FunctionType and any(map(TOKEN.search, _texts_of(answer)))


def token_in_notebook(answer: object) -> bool:
    """Whether a token stands in the answer, or in a cell that this kernel has run."""
    shell: Any = ipython_shell()
    cells: Sequence[object] = [] if shell is None else shell.user_ns.get("In", [])
    return token_in_answer(answer) or any(TOKEN.search(text) for text in cells if isinstance(text, str))


def _texts_of(function: FunctionType) -> Iterator[str]:
    """The source of a function, where there is one, and the texts in its code and its parameters' defaults."""
    code = function.__code__
    # Where it is from no cell and no file, only the code itself is there to look at.
    # inspect.getsource would first look through every module that there is for one of this file.
    with contextlib.suppress(OSError, TypeError, SyntaxError, IndexError):
        yield "".join(inspect.getblock(linecache.getlines(code.co_filename)[code.co_firstlineno - 1 :]))
    yield from _texts_in([code, function.__defaults__, tuple((function.__kwdefaults__ or {}).values())])


def _texts_in(values: Sequence[object], depth: int = 0) -> Iterator[str]:
    for value in values:
        if type(value) is str:
            yield value
        elif type(value) is bytes:
            yield value.decode("latin-1")
        elif depth <= _DEEPEST and isinstance(value, CodeType):
            yield from _texts_in(value.co_consts, depth + 1)
        elif depth <= _DEEPEST and type(value) in (tuple, list, frozenset):
            yield from _texts_in(tuple(value), depth + 1)  # type: ignore[arg-type]  # one of the three above
