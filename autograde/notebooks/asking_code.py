"""Find the statements of a cell that cannot succeed while grading: questions to a person, a platform's own modules."""

from __future__ import annotations

import ast
from collections.abc import Collection, Iterator, Sequence, Set

from autograde.notebooks.answer_code import bound_names, names_used, plain_and_tree

#: Functions that wait for a person, and modules that only a platform's own notebooks have.
_ASKING = frozenset({"input", "getpass", "notebook_login"})
_PLATFORMS = frozenset({"google.colab", "kaggle_secrets", "dbutils"})

_Definition = ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef


def without_questions(source: str, answers: Collection[str] = ()) -> tuple[str, str]:
    """Separate the statements that cannot succeed while grading: questions to a person, and a platform's own modules.

    What uses their results cannot succeed, either, except for definitions, which use them later, and for code that is
    prepared for a failure, such as ``try`` or ``else``. What defines an answer stays in its cell.

    Args:
        source: the code.
        answers: the names that the tasks ask for.

    Returns:
        Those statements, and the rest of the code; an empty text and the code if there are none.
    """
    if not any(word in source for word in (*_ASKING, *_PLATFORMS)) or (tree := plain_and_tree(source)[1]) is None:
        return "", source
    taken: set[int] = set()
    kept: set[int] = set()
    lost: set[str] = set()
    last_used = _last_used(tree.body)
    for place, each in enumerate(tree.body):
        own = range(each.lineno - 1, each.end_lineno or each.lineno)
        bound = {each.name} if isinstance(each, _Definition) else {*bound_names(ast.walk(each))}
        used_later = any(last_used.get(name, place) > place for name in bound)
        if bound.isdisjoint(answers) and (_asks(each) or _cannot_succeed(each, lost, used_later=used_later)):
            taken.update(own)
            lost |= bound
        else:
            kept.update(own)
            lost -= bound
    lines = source.split("\n")
    rest = "\n".join(line for number, line in enumerate(lines) if number not in taken)
    if not kept.isdisjoint(taken) or plain_and_tree(rest)[1] is None:
        return "", source
    return "\n".join(lines[number] for number in sorted(taken)), rest


def _last_used(statements: Sequence[ast.stmt]) -> dict[str, int]:
    """Return the place of the last statement that uses each name; a definition may be called after all of them."""
    last: dict[str, int] = {}
    for place, each in enumerate(statements):
        for name in names_used(ast.walk(each)):
            last[name] = max(last.get(name, 0), len(statements) if isinstance(each, _Definition) else place)
    return last


def _cannot_succeed(statement: ast.stmt, lost: Set[str], *, used_later: bool) -> bool:
    """Return whether a statement uses a lost name whenever it runs; with branches, before it chooses one.

    An ``if`` without ``else`` may have nothing to do while grading; it uses the name, too, if nothing that it binds is
    used later.
    """
    match statement:
        case ast.FunctionDef() | ast.AsyncFunctionDef() | ast.ClassDef() | ast.Try() | ast.TryStar():
            return False
        case ast.If(orelse=[]) if not used_later and not _may_handle_errors(statement):
            return not lost.isdisjoint(names_used(ast.walk(statement)))
        case (
            ast.If(test=first)
            | ast.While(test=first)
            | ast.Match(subject=first)
            | ast.For(iter=first)
            | ast.AsyncFor(iter=first)
            | ast.With(items=[ast.withitem(context_expr=first), *_])
            | ast.AsyncWith(items=[ast.withitem(context_expr=first), *_])
        ):
            return not lost.isdisjoint(_loaded(first))
    return not lost.isdisjoint(_loaded(statement))


def _may_handle_errors(statement: ast.stmt) -> bool:
    return any(isinstance(each, ast.Try | ast.TryStar | ast.With | ast.AsyncWith) for each in ast.walk(statement))


def _loaded(code: ast.AST) -> set[str]:
    """Return the names whose values code uses whenever it runs, without those that only its comprehensions bind."""
    nodes = list(_always_run(code))
    return names_used(nodes).difference(
        *(bound_names(ast.walk(each.target)) for each in nodes if isinstance(each, ast.comprehension))
    )


def _always_run(code: ast.AST) -> Iterator[ast.AST]:
    """Yield the parts of a simple statement without those that a condition chooses, and without a lambda's body."""
    left = [code]
    while left:
        each = left.pop()
        yield each
        match each:
            case ast.IfExp(test=first) | ast.BoolOp(values=[first, *_]):
                left.append(first)
            case ast.Lambda(args=arguments):
                left += [default for default in (*arguments.defaults, *arguments.kw_defaults) if default is not None]
            case _:
                left += ast.iter_child_nodes(each)


def _asks(statement: ast.stmt) -> bool:
    match statement:
        case ast.ImportFrom(module=str(module)):
            return _is_platform(module)
        case ast.Import(names=names):
            return any(_is_platform(each.name) for each in names)
        case ast.Assign() | ast.Expr() | ast.AnnAssign():
            calls = [each.func for each in _always_run(statement) if isinstance(each, ast.Call)]
            return any(isinstance(each, ast.Name) and each.id in _ASKING for each in calls)
    return False


def _is_platform(module: str) -> bool:
    return module in _PLATFORMS or module.startswith(tuple(f"{each}." for each in _PLATFORMS))
