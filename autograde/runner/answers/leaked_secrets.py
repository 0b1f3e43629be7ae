"""Detect secrets in an answer: a password in a form, or an access token in code."""

from __future__ import annotations

import ast
import contextlib
import difflib
import inspect
import linecache
import re
import unicodedata
from collections.abc import Iterator, Sequence
from types import CodeType, FunctionType
from typing import Any

from autograde.runner.answers.calling import is_empty
from autograde.runner.answers.notebook import ipython_shell

#: What an access token looks like.
TOKEN = re.compile(r"hf_([A-Za-z0-9]{30,})")

#: Placeholders that people write instead of a token: x's, words, the alphabet.
_PLACEHOLDER = re.compile(
    r"x+|.*(?:your|token|here|example|placeholder|replace|abcdefgh|12345678|xxxx).*", re.IGNORECASE
)

#: How much of a cell must be the same for a later cell to be the same cell, edited.
_SAME_CELL = 0.6

#: What people call a password, in letters alone; ``passport``, ``compass`` and ``secretary`` are none.
_PASSWORD = re.compile(
    r"(?<!com|tre)(?<!by)pass(?!port|enger|ion|age|ive)|pwd|psw|secret(?!ar)|credential|mima|密码|密碼|口令|暗号|contrase|kennwort|motdepasse|senha|парол|パスワード|비밀번호"
    r"|^pw[0-9]*$|^pin(?:code|number)?$"
)

#: Fields of forms under which no password is looked for, whatever is filled in there.
_OTHER_FIELDS = re.compile(
    r"user|mail|name|nick|web|url|home|link|page|github|twitter|linkedin|orcid|avatar|picture|bio|about|phone|tel|birth"
    r"|date|country|city|address|company|affiliation|language|terms|newsletter|passport|用户名|邮箱|姓名|昵称|电话|网址|简介"
)

#: What looks like a password: at least six characters without blanks, letters and something that is not a letter.
_LOOKS_SECRET = re.compile(r"(?=.*[^\W\d_])(?=.*[\d\W_])(?!.*://)(?!.*@.*\.)\S{6,}")

#: How deep is looked: dictionaries in dictionaries, functions in functions.
_DEEPEST = 5


def password_in_form(fields: object, depth: int = 0) -> bool:
    """Whether a form's fields, a dictionary, hold a password: by any of the names that people give it, or by its looks.

    A field in which nothing is filled in holds none.
    """
    if not issubclass(type(fields), dict) or depth > _DEEPEST:
        return False
    entries: Any = fields
    for key, value in dict.items(entries):
        name = str.__str__(key) if issubclass(type(key), str) else ""
        if not is_empty(value) and (_names_a_password(name) or (name and _is_a_password(name, value))):
            return True
        if password_in_form(value, depth + 1):
            return True
    return False


def _names_a_password(key: str) -> bool:
    return _PASSWORD.search(_letters(key)) is not None


def _is_a_password(key: str, value: object) -> bool:
    """Whether a text looks like a password, in a field that is for nothing else."""
    if _OTHER_FIELDS.search(_letters(key)) or not issubclass(type(value), str):
        return False
    # A number, a date or a hyphenated word is none.
    text = str.__str__(value)
    return _LOOKS_SECRET.fullmatch(text) is not None and re.search(r"\d", text) is not None


def _letters(key: str) -> str:
    return "".join(re.findall(r"[^\W_]+", unicodedata.normalize("NFKC", key).casefold()))


def token_in_answer(answer: object) -> bool:
    """Whether a token stands in a function itself, its comments included."""
    return type(answer) is FunctionType and any(map(has_token, _texts_of(answer)))


def token_in_notebook(answer: object) -> bool:
    """Whether a token stands in the answer, or in a cell that this kernel has run and that was not edited since."""
    shell: Any = ipython_shell()
    found: Sequence[object] = [] if shell is None else shell.user_ns.get("In", [])
    cells = [text for text in found if isinstance(text, str)]
    return token_in_answer(answer) or any(
        has_token(text) and not any(_is_edited(text, later) for later in cells[place + 1 :])
        for place, text in enumerate(cells)
    )


def has_token(text: str) -> bool:
    """Whether an access token stands in the text; ``hf_xxx…`` and the like stand for one and are none."""
    return any(not _PLACEHOLDER.fullmatch(found[1]) for found in TOKEN.finditer(text))


def _is_edited(text: str, later: str) -> bool:
    """Whether a later cell is the cell ``text`` with its token taken out: it defines the same names, or is alike."""
    if has_token(later):
        return False
    names = _defined(text)
    if names and names <= _defined(later):
        return True
    return difflib.SequenceMatcher(None, TOKEN.sub("", text), later, autojunk=False).ratio() >= _SAME_CELL


def _defined(text: str) -> set[str]:
    """The names that a cell defines at its top level; none for what is not Python."""
    try:
        body = ast.parse(text).body
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return set()
    names = {part.name for part in body if isinstance(part, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef)}
    for part in body:
        targets = (
            part.targets if isinstance(part, ast.Assign) else [part.target] if isinstance(part, ast.AnnAssign) else []
        )
        names |= {each.id for target in targets for each in ast.walk(target) if isinstance(each, ast.Name)}
    return names


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
