"""Find what a learner's function uses although the notebook defines it further down.

In the learner's kernel the cells had run in another order; from top to bottom, the function would raise a NameError.
"""

from __future__ import annotations

import ast
import builtins
import re
from collections.abc import Iterator, Sequence

from autograde.notebooks.answer_code import parsed

#: Cell magics whose cell is Python.
_PYTHON_MAGIC = re.compile(r"\A\s*%%(?:time|timeit|capture|prun)\b[^\n]*")
_LINE_MAGIC = re.compile(r"^([ \t]*)[%!?][^\n]*", re.MULTILINE)
_CAPTURED = re.compile(r"=[ \t]*[!%][^\n]*")

_BUILTINS = frozenset(dir(builtins)) | {"get_ipython", "display", "In", "Out", "_", "__"}


def definitions_below(above: Sequence[str], answer: str, below: Sequence[str]) -> str:
    """Return the statements in later cells that define names which an answer uses and no earlier cell defines.

    Only definitions without effects are returned: functions, classes, imports and constants.

    Args:
        above: the code of the cells that run before the answer is called, with the answer's own.
        answer: the code that defines the answer.
        below: the code of the cells after them.

    Returns:
        The statements in the order of the notebook; empty if there are none, or if an earlier cell cannot be read.
    """
    trees = [_tree(source) for source in above]
    if any(tree is None for tree in trees) or (own := _tree(answer)) is None:
        return ""
    known = {name for tree in trees if tree is not None for name in _bound(tree)}
    wanted = _used(own) - known - _BUILTINS
    if "*" in known or not wanted:
        return ""
    statements = [(each, source) for source in below if (tree := _tree(source)) is not None for each in tree.body]
    found: set[int] = set()
    while wanted:
        name = wanted.pop()
        known.add(name)
        place = next(
            (at for at in reversed(range(len(statements))) if name in _without_effect(statements[at][0])), None
        )
        if place is not None and place not in found:
            found.add(place)
            wanted |= _used(statements[place][0]) - known - _BUILTINS
    return "\n\n".join(ast.unparse(statements[place][0]) for place in sorted(found))


def _tree(source: str) -> ast.Module | None:
    """Return the syntax tree of a cell without its magics; an empty one for a cell in another language."""
    plain = _PYTHON_MAGIC.sub("", source)
    if plain.lstrip().startswith("%%"):
        return ast.Module([], [])
    return parsed(source) or parsed(_CAPTURED.sub("= None", _LINE_MAGIC.sub(r"\1pass", plain)))


def _bound(tree: ast.AST) -> Iterator[str]:
    """Yield every name that code binds anywhere; ``*`` for an import of all names."""
    for each in ast.walk(tree):
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


def _used(tree: ast.AST) -> set[str]:
    return {each.id for each in ast.walk(tree) if isinstance(each, ast.Name) and isinstance(each.ctx, ast.Load)} - {
        *_bound(tree)
    }


def _without_effect(statement: ast.stmt) -> set[str]:
    """Return the names that a statement defines, if running it has no other effect."""
    match statement:
        case ast.FunctionDef(name=name, decorator_list=[]) | ast.ClassDef(name=name, decorator_list=[]):
            return {name}
        case ast.Import() | ast.ImportFrom():
            return {*_bound(statement)} - {"*"}
        case ast.Assign(value=ast.Lambda()):
            return {*_bound(ast.Module(statement.targets, []))}  # type: ignore[arg-type]
        case ast.Assign(targets=targets, value=value):
            try:
                ast.literal_eval(value)
            except (ValueError, TypeError, SyntaxError, MemoryError, RecursionError):
                return set()
            return {each.id for each in targets if isinstance(each, ast.Name)}
    return set()
