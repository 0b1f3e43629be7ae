"""Find what a learner's function uses although the notebook defines it further down.

In the learner's kernel the cells had run in another order; from top to bottom, the function would raise a NameError.
"""

from __future__ import annotations

import ast
import builtins
import symtable
import warnings
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

from autograde.notebooks.answer_code import bound_names, may_store_function, names_used, plain_and_tree

_BUILTINS = frozenset(dir(builtins)) | {"get_ipython", "display", "In", "Out", "_", "__"}


@dataclass(frozen=True)
class Definition:
    """A statement without effects that defines names.

    Attributes:
        names: the names that it defines.
        used: the names that it uses and does not bind.
        code: the statement.
    """

    names: frozenset[str]
    used: frozenset[str]
    code: str


@dataclass(frozen=True)
class CodeNames:
    """The names in the code of a cell.

    Attributes:
        bound: the names that it binds anywhere; ``*`` for an import of all names.
        used: the names that it uses and does not bind.
    """

    bound: frozenset[str]
    used: frozenset[str]


@lru_cache(maxsize=256)
def names_in(source: str) -> CodeNames | None:
    """Return the names in the code of a cell; None if it is not Python.

    Results are cached, because every notebook of a class has the same released cells.
    """
    tree = plain_and_tree(source)[1]
    return None if tree is None else _names(tree)


def overwrites(source: str, name: str) -> bool:
    """Return whether running code stores a value under a function's name, or deletes it.

    An import does not count, and nothing that may be a function: ``x = 1; pad = other``.
    """
    if name not in source:
        return False
    try:
        plain, tree = plain_and_tree(source)
        if tree is None or may_store_function(tree, name):
            return False
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            table = symtable.symtable(plain, "cell", "exec")
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return False
    found = table.lookup(name) if name in table.get_identifiers() else None
    return found is not None and found.is_assigned() and not found.is_imported()


def definitions_below(above: Sequence[CodeNames | None], answer: CodeNames | None, below: Sequence[str]) -> str:
    """Return the statements in later cells that define names which an answer uses and no earlier cell defines.

    Only definitions without effects are returned: functions, classes, imports and constants.

    Args:
        above: the names in the cells that run before the answer is called, with the answer's own.
        answer: the names in the code that defines the answer.
        below: the code of the cells after them.

    Returns:
        The statements in the order of the notebook; empty if there are none, or if an earlier cell cannot be read.
    """
    if answer is None or any(each is None for each in above):
        return ""
    known = _BUILTINS.union(*(each.bound for each in above if each is not None))
    wanted = set(answer.used - known)
    if "*" in known or not wanted:
        return ""
    definitions = [each for source in below for each in _definitions(source)]
    last = {name: place for place, each in enumerate(definitions) for name in each.names}
    found: set[int] = set()
    while wanted:
        place = last.pop(wanted.pop(), None)
        if place is not None and place not in found:
            found.add(place)
            wanted |= definitions[place].used - known
    return "\n\n".join(definitions[place].code for place in sorted(found))


@lru_cache(maxsize=256)
def _definitions(source: str) -> tuple[Definition, ...]:
    """Return the statements without effects that define names."""
    plain, tree = plain_and_tree(source)
    lines = plain.split("\n")
    return tuple(
        Definition(frozenset(names), _names(each).used, _code_of(each, lines))
        for each in (() if tree is None else tree.body)
        if (names := _without_effect(each))
    )


def _code_of(statement: ast.stmt, lines: Sequence[str]) -> str:
    """Return the code of a statement as it is written, because ``ast.unparse`` fails for deeply nested code."""
    own = [line.encode() for line in lines[statement.lineno - 1 : statement.end_lineno]]
    own[-1] = own[-1][: statement.end_col_offset]
    own[0] = own[0][statement.col_offset :]
    return b"\n".join(own).decode()


def _names(tree: ast.AST) -> CodeNames:
    nodes = list(ast.walk(tree))
    bound = frozenset(bound_names(nodes))
    return CodeNames(bound, frozenset(names_used(nodes)) - bound)


def _without_effect(statement: ast.stmt) -> set[str]:
    """Return the names that a statement defines, if running it has no other effect."""
    match statement:
        case ast.FunctionDef(name=name, decorator_list=[]) | ast.ClassDef(name=name, decorator_list=[]):
            return {name}
        case ast.Import() | ast.ImportFrom():
            return {*bound_names(ast.walk(statement))} - {"*"}
        case ast.Assign(value=ast.Lambda()):
            return {*bound_names(node for target in statement.targets for node in ast.walk(target))}
        case ast.Assign(targets=targets, value=value):
            try:
                ast.literal_eval(value)
            except (ValueError, TypeError, SyntaxError, MemoryError, RecursionError):
                return set()
            return {each.id for each in targets if isinstance(each, ast.Name)}
    return set()
