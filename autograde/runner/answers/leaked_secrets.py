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

#: An access token.
TOKEN = re.compile(r"hf_([A-Za-z0-9]{30,})")

#: Placeholders that people write instead of a token: x's, words, the alphabet.
_PLACEHOLDER = re.compile(
    r"x+|.*(?:your|token|here|example|placeholder|replace|abcdefgh|12345678|xxxx).*", re.IGNORECASE
)

#: Similarity from which a later cell counts as an edited version of an earlier one.
_SAME_CELL = 0.6

#: Names of password fields, letters only; ``passport``, ``compass`` and ``secretary`` do not match.
_PASSWORD = re.compile(
    r"(?<!com|tre)(?<!by)pass(?!port|enger|ion|age|ive)|pwd|psw|secret(?!ar)|credential|mima|密码|密碼|口令|暗号|contrase|kennwort|motdepasse|senha|парол|パスワード|비밀번호"
    r"|^pw[0-9]*$|^pin(?:code|number)?$"
)

#: Names of fields whose values are not checked for passwords.
_OTHER_FIELDS = re.compile(
    r"user|mail|name|nick|web|url|home|link|page|github|twitter|linkedin|orcid|avatar|picture|bio|about|phone|tel|birth"
    r"|date|country|city|address|company|affiliation|language|terms|newsletter|passport|organi|course|class|group|team"
    r"|school|universit|student|role|job|title|level|interest|hobb|topic|zip|post|note|用户名|邮箱|姓名|昵称|电话|网址|简介|课程"
    r"|班级|学校|学号|小组|兴趣|备注"
)

#: Text that looks like a password: at least six characters without spaces, including letters and digits.
_LOOKS_SECRET = re.compile(r"(?=.*[^\W\d_])(?=.*\d)(?!.*://)(?!.*@.*\.)\S{6,}")

#: A password in a sentence: its name, a colon or similar, and the password.
_PASSWORD_IN_TEXT = re.compile(
    r"(?:pass ?(?:word|phrase|code)|pwd|(?<![A-Za-z0-9])pw|密码|密碼|口令)"
    r"\s*(?:is|was|[:=：]|是|为)\s*(?=\S*[\d\W])[^\s<*…]{6,}",
    re.IGNORECASE,
)

#: A placeholder for a password: only stars or dots, words in brackets, or "your password here".
_MASK = re.compile(
    r"[\W_xX]*|<[^<>]*>|\[[^\[\]]*\]|n/?a|无|没有|不填|不写|略|保密"
    r"|(?:.*[\W_])?(?:your|here|placeholder|removed|redacted|hidden|omitted|todo|none)(?:[\W_].*)?",
    re.IGNORECASE,
)

#: Deepest nesting that is searched: dictionaries in dictionaries, functions in functions.
_DEEPEST = 5


def password_in_form(fields: object, depth: int = 0) -> bool:
    """Return whether a form's fields, a dictionary, contain a password, recognised by name or appearance.

    Empty fields don't count.
    """
    if not issubclass(type(fields), dict) or depth > _DEEPEST:
        return False
    entries: Any = fields
    for key, value in dict.items(entries):
        name = str.__str__(key) if issubclass(type(key), str) else ""
        if name and any(_is_a_password(name, each) for each in _values(value)):
            return True
        if password_in_form(value, depth + 1):
            return True
    return False


def _values(value: Any) -> Sequence[object]:
    """Return the values of a list, tuple or set, or the value itself."""
    return tuple(value) if type(value) in (list, tuple, set) else (value,)


def _names_a_password(key: str) -> bool:
    return _PASSWORD.search(_letters(key)) is not None


def _is_a_password(key: str, value: object) -> bool:
    """Return whether a field's value is a password, by the field's name, its appearance, or a text "password: …"."""
    if is_empty(value):
        return False
    text = str.__str__(value) if issubclass(type(value), str) else ""
    if _names_a_password(key):
        return not text or _MASK.fullmatch(text.strip()) is None
    if not text or _PASSWORD_IN_TEXT.search(text):
        return bool(text)
    # A number, a date or a hyphenated word is not a password.
    return not _OTHER_FIELDS.search(_letters(key)) and _LOOKS_SECRET.fullmatch(text) is not None


def _letters(key: str) -> str:
    return "".join(re.findall(r"[^\W_]+", unicodedata.normalize("NFKC", key).casefold()))


def token_in_answer(answer: object) -> bool:
    """Return whether a function contains a token, in its code or its comments."""
    return type(answer) is FunctionType and any(map(has_token, _texts_of(answer)))


def token_in_notebook(answer: object) -> bool:
    """Return whether the answer contains a token, or a cell that was run in this kernel and not edited since."""
    shell: Any = ipython_shell()
    found: Sequence[object] = [] if shell is None else shell.user_ns.get("In", [])
    cells = [text for text in found if isinstance(text, str)]
    return token_in_answer(answer) or any(
        has_token(text) and not any(_is_edited(text, later) for later in cells[index + 1 :])
        for index, text in enumerate(cells)
    )


def has_token(text: str) -> bool:
    """Return whether the text contains an access token; placeholders such as ``hf_xxx…`` don't count."""
    return any(not _PLACEHOLDER.fullmatch(found[1]) for found in TOKEN.finditer(text))


def _is_edited(text: str, later: str) -> bool:
    """Return whether ``later`` is an edited version of the cell ``text``: it defines the same names, or is similar."""
    if has_token(later):
        return False
    names = _defined(text)
    if names and names <= _defined(later):
        return True
    return difflib.SequenceMatcher(None, TOKEN.sub("", text), later, autojunk=False).ratio() >= _SAME_CELL


def _defined(text: str) -> set[str]:
    """Return the names that a cell defines at its top level; an empty set if it is not Python."""
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
    """Yield the source of a function if available, and the strings in its code and its parameters' defaults."""
    code = function.__code__
    # A function may have no source. inspect.getsource would search all modules for its file first.
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
