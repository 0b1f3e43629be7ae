"""Understand the code of an answer cell: what it defines, whether it does nothing, and how to mend damaged code."""

from __future__ import annotations

import ast
import builtins
import re
import warnings
from collections.abc import Iterable, Iterator
from functools import lru_cache

#: Invisible characters that Python rejects, and spaces and line ends that it does not know.
_INVISIBLE = re.compile("[\u00ad\u200b-\u200f\u202a-\u202e\u2060\ufeff]")
_SPACES = str.maketrans(dict.fromkeys("\u00a0\u1680\u202f\u205f\u3000", " ") | dict.fromkeys("\u2028\u2029\x85", "\n"))
_SPACES.update(dict.fromkeys(range(0x2000, 0x200B), " "))

#: Quotation marks that a text editor puts in place of straight ones.
_QUOTES = str.maketrans("\u201c\u201d\u201e\u2018\u2019", '"""\'\'')

#: The mark that JupyterLab puts before a cell's first line when it becomes a heading.
_HEADING = re.compile(r"\A#{1,6} (?=(?:async )?def |class |@|import |from |\w+ *=)")

#: A line that opens a fence in Markdown.
_FENCE = re.compile(r"(`{3,}|~{3,})[^\n`]*\n")

#: Cell magics whose cell is Python, magics and shell commands in a line, and those whose result is stored.
_PYTHON_MAGIC = re.compile(r"\A\s*%%(?:time|timeit|capture|prun)\b[^\n]*")
_LINE_MAGIC = re.compile(r"^([ \t]*)[%!?][^\n]*", re.MULTILINE)
_CAPTURED = re.compile(r"=[ \t]*[!%][^\n]*")

#: Longest code whose syntax tree is kept; a tree takes up to 500 times the memory of its code.
_LONGEST_KEPT = 4_000

#: Most places in a text at which an answer may begin, and most attempts to find where it ends: both are a learner's.
_MOST_STARTS, _MOST_ENDS = 5, 5


def parsed(source: str) -> ast.Module | None:
    """Return the syntax tree of Python code, read only; None if it is not Python, or nested too deeply."""
    return _kept_tree(source) if len(source) <= _LONGEST_KEPT else _tree(source)


def _tree(source: str) -> ast.Module | None:
    try:
        with warnings.catch_warnings():
            # Python warns about a learner's "\d", which is valid code.
            warnings.simplefilter("ignore")
            return ast.parse(source)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return None


#: Keeps the trees of one notebook, and of the released cells, which are the same in every notebook of a class.
_kept_tree = lru_cache(maxsize=64)(_tree)


def plain_and_tree(source: str) -> tuple[str, ast.Module | None]:
    """Return the code of a cell without its magics, and its syntax tree; None if it is not Python.

    The lines keep their numbers. A cell in another language has no code.
    """
    plain = _PYTHON_MAGIC.sub(lambda found: "\n" * found[0].count("\n"), source)
    if plain.lstrip().startswith("%%"):
        return "", ast.Module([], [])
    if (tree := parsed(source)) is not None:
        return source, tree
    plain = _CAPTURED.sub("= None", _LINE_MAGIC.sub(r"\1pass", plain))
    return plain, parsed(plain)


def bound_names(nodes: Iterable[ast.AST]) -> Iterator[str]:
    """Yield every name that nodes of a syntax tree bind; ``*`` for an import of all names."""
    for each in nodes:
        match each:
            case ast.Name(id=name, ctx=ast.Store() | ast.Del()):
                yield name
            case ast.FunctionDef(name=name) | ast.AsyncFunctionDef(name=name) | ast.ClassDef(name=name):
                yield name
            case ast.alias(name=name, asname=other):
                yield other or name.partition(".")[0]
            case ast.arg(arg=name):
                yield name
            case ast.ExceptHandler(name=str(name)) | ast.MatchAs(name=str(name)) | ast.MatchStar(name=str(name)):
                yield name
            case ast.MatchMapping(rest=str(name)):
                yield name


def names_used(nodes: Iterable[ast.AST]) -> set[str]:
    """Return the names whose values are used by nodes of a syntax tree."""
    names: set[str] = set()
    for each in nodes:
        match each:
            case ast.Name(id=name, ctx=ast.Load() | ast.Del()) | ast.AugAssign(target=ast.Name(id=name)):
                names.add(name)
    return names


def without_fence(source: str) -> str:
    """Return code without the Markdown fence around it."""
    text = source.strip()
    found = _FENCE.match(text)
    if found is None or not text.endswith(found[1]) or found.end() + len(found[1]) > len(text):
        return source
    return text[found.end() : -len(found[1])].removesuffix("\n")


def mended(source: str) -> str:
    """Return code as Python if it only is not because of what an editor or a merge did to it; otherwise unchanged.

    Editors and browsers replace spaces and add invisible characters, a cell that was a heading for a moment begins with
    a mark, and copied text has a fence around it. Of a conflict, the first side that is Python is used.
    """
    if parsed(source) is not None:
        return source
    return next((each for each in _candidates(source) if parsed(each) is not None), source)


def _candidates(source: str) -> Iterator[str]:
    plain = without_fence(_INVISIBLE.sub("", source).translate(_SPACES))
    yield plain
    yield plain.translate(_QUOTES)
    yield _HEADING.sub("", plain)
    yield from sides_of_conflicts(plain) or ()


def sides_of_conflicts(text: str) -> tuple[str, str] | None:
    """Return both sides of a text in which Git or a merge tool wrote conflicts; None if it has no whole conflict.

    Between the two sides of a conflict, Git may quote their common ancestor.
    """
    sides: tuple[list[str], list[str]] = ([], [])
    part = "both"
    for line in text.split("\n"):
        match part, line[:7]:
            case "both", "<<<<<<<":
                part = "first"
            case "first", "|||||||":
                part = "ancestor"
            case (("first" | "ancestor"), "=======") if line.rstrip("\r") == "=======":
                part = "second"
            case "second", ">>>>>>>":
                part = "both"
            case _:
                if part in ("both", "first"):
                    sides[0].append(line)
                if part in ("both", "second"):
                    sides[1].append(line)
    first, second = ("\n".join(each) for each in sides)
    return (first, second) if part == "both" and len(text) > max(len(first), len(second)) else None


def code_in_text(text: str, name: str) -> str:
    """Return the Python code in a text cell that defines ``name``; empty if there is none."""
    for fenced in _fenced(text):
        if defines(fenced, name) and parsed(fenced) is not None:
            return fenced
    lines = text.split("\n")
    starts = [number for number, line in enumerate(lines) if defines(_HEADING.sub("", line), name)]
    for start in reversed(starts[-_MOST_STARTS:]):
        code = _longest_code(_HEADING.sub("", "\n".join(lines[start:])))
        if code:
            while start and lines[start - 1].startswith("@"):
                start -= 1
                code = f"{lines[start]}\n{code}"
            return code
    return ""


def _fenced(text: str) -> Iterator[str]:
    """Yield the text between each pair of Markdown fences."""
    fence = ""
    inside: list[str] = []
    for line in text.split("\n"):
        if fence and line.startswith(fence):
            yield "".join(inside)
            fence = ""
        elif fence:
            inside.append(f"{line}\n")
        elif found := _FENCE.match(f"{line}\n"):
            fence, inside = found[1], []


def _longest_code(text: str) -> str:
    """Return the lines at the beginning of a text that are Python; empty if there are none, or not found soon."""
    lines = text.split("\n")
    for _attempt in range(_MOST_ENDS):
        try:
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")
                ast.parse("\n".join(lines))
        except SyntaxError as error:
            # No code that includes the line with the first error is Python.
            del lines[min(len(lines), error.lineno or 1) - 1 :]
        except (ValueError, RecursionError, MemoryError):
            return ""
        else:
            return "\n".join(lines)
    return ""


def defines(source: str, name: str) -> bool:
    """Return whether code defines a function or variable, even if it is not Python."""
    pattern = rf"^[ \t]*(?:(?:async\s+)?def\s+{name}\b|(?:\w+\s*=\s*)?{name}\s*(?::[^=\n]*)?=(?!=))"
    return name in source and re.search(pattern, source, re.MULTILINE) is not None


def last_defined(source: str) -> tuple[str, bool]:
    """Return the last name that code defines at its top level, and whether it is a function; ("", False) if none."""
    tree = parsed(source)
    if tree is None:
        found = re.findall(r"^(?:async\s+)?def\s+(\w+)|^(\w+)\s*=(?!=)", source, re.MULTILINE)
        return next(((first or second, bool(first)) for first, second in reversed(found)), ("", False))
    names = [
        (statement.name, True)
        if isinstance(statement, ast.FunctionDef | ast.AsyncFunctionDef)
        else (next((target.id for target in statement.targets if isinstance(target, ast.Name)), ""), False)
        for statement in tree.body
        if isinstance(statement, ast.FunctionDef | ast.AsyncFunctionDef | ast.Assign)
    ]
    return names[-1] if names else ("", False)


def does_nothing(source: str, name: str) -> bool:
    """Return whether code only defines ``name`` without an answer: a stub's body, None, or empty fields."""
    tree = parsed(source)
    if tree is None:
        return False
    others = [each for each in tree.body if not _is_silent(each)]
    return all(_is_stub(each, name) for each in others)


def _is_silent(statement: ast.stmt) -> bool:
    is_text = isinstance(statement, ast.Expr) and isinstance(statement.value, ast.Constant)
    return is_text or isinstance(statement, ast.Pass)


def _is_stub(statement: ast.stmt, name: str) -> bool:
    match statement:
        case ast.FunctionDef(name=defined, body=body):
            return defined == name and all(_is_silent(each) or _gives_up(each) for each in body)
        case ast.Assign(targets=[ast.Name(id=defined)], value=value):
            return defined == name and _is_empty_value(value)
    return False


def _gives_up(statement: ast.stmt) -> bool:
    match statement:
        case ast.Raise(exc=ast.Name(id="NotImplementedError") | ast.Call(func=ast.Name(id="NotImplementedError"))):
            return True
        case ast.Return(value=None | ast.Constant(value=None)):
            return True
    return False


def _is_empty_value(value: ast.expr) -> bool:
    match value:
        case ast.Constant(value=None) | ast.Constant(value=builtins.Ellipsis):
            return True
        case ast.Constant(value=str(text)):
            return all(not line.strip() or line.lstrip().startswith("#") for line in text.split("\n"))
        case ast.List(elts=[]):
            return True
        case ast.Dict(values=values):
            return all(_is_empty_value(each) for each in values)
    return False


def replaces_function(source: str, name: str) -> bool:
    """Return whether code only stores a value under a function's name: ``pad = pad(index)``, ``pad = [1, 2]``."""
    if re.search(rf"\bdef\s+{name}\b", source) or (tree := parsed(source)) is None:
        return False
    values = _stored(tree, name)
    return bool(values) and not any(_may_be_function(value, name) for value in values)


def may_store_function(tree: ast.Module, name: str) -> bool:
    """Return whether code may store a function under a name: ``pad = other``, ``pad = cache(pad)``."""
    return any(_may_be_function(value, name) for value in _stored(tree, name))


def _stored(tree: ast.Module, name: str) -> list[ast.expr]:
    """Return the values that assignments in code store under a name."""
    return [
        each.value
        for each in ast.walk(tree)
        if isinstance(each, ast.Assign)
        and any(isinstance(target, ast.Name) and target.id == name for target in each.targets)
    ]


def _may_be_function(value: ast.expr, name: str) -> bool:
    match value:
        case ast.Lambda() | ast.Name() | ast.Attribute():
            return True
        case ast.Call(func=called):
            return not any(isinstance(each, ast.Name) and each.id == name for each in ast.walk(called))
    return False


def defines_answer(source: str, name: str, *, is_function: bool) -> bool:
    """Return whether code defines what a task asks for, with or without doing something in it.

    Args:
        source: the code.
        name: the name that the released answer cell defines; empty if there is none.
        is_function: whether it is a function.
    """
    return bool(name) and defines(source, name) and not (is_function and replaces_function(source, name))
