"""The Hub's SQL is portable: PostgreSQL's parser accepts it, so that another database needs only another class."""

from __future__ import annotations

import ast
import importlib.util
import itertools
import pkgutil
import re
from collections.abc import Iterator
from pathlib import Path

import pglast
import pytest

import autograde.hub
from autograde.hub.storage.migrations import MIGRATIONS

_MODULES = [
    found.name
    for found in pkgutil.walk_packages(autograde.hub.__path__, "autograde.hub.")
    if not found.ispkg and not found.name.endswith("__main__")
]


def statements(name: str) -> Iterator[str]:
    """Yield a module's SQL statements, except those that a function builds from its arguments."""
    spec = importlib.util.find_spec(name)
    assert spec
    assert spec.origin
    tree = ast.parse(Path(spec.origin).read_text(encoding="utf-8"))
    for node in ast.walk(tree):
        if (
            isinstance(node, ast.Call)
            and isinstance(node.func, ast.Attribute)
            and node.func.attr in ("one", "all", "execute")
            and ast.unparse(node.func.value).endswith("database")
        ):
            expression = ast.fix_missing_locations(ast.Expression(node.args[0]))
            try:
                yield eval(compile(expression, name, "eval"), vars(importlib.import_module(name)))
            except NameError:
                continue


def for_postgresql(statement: str) -> str:
    """Return the statement with numbered parameters."""
    numbers = itertools.count(1)
    return re.sub(r"\?", lambda match: f"${next(numbers)}", statement)


def test_statements_are_found() -> None:
    assert sum(len(list(statements(name))) for name in _MODULES) > 100


@pytest.mark.parametrize("name", _MODULES)
def test_postgresql_accepts_every_statement(name: str) -> None:
    for statement in statements(name):
        pglast.parse_sql(for_postgresql(statement))


@pytest.mark.parametrize("script", MIGRATIONS)
def test_postgresql_accepts_every_migration(script: str) -> None:
    assert pglast.parse_sql(script)


def test_sqlite_only_statement_is_detected() -> None:
    with pytest.raises(pglast.parser.ParseError):
        pglast.parse_sql(for_postgresql("INSERT OR REPLACE INTO xorbs (user_id) VALUES (?)"))


def test_only_the_database_and_the_import_of_foreign_ones_use_sqlite() -> None:
    importing = [name for name in _MODULES if "sqlite3" in vars(importlib.import_module(name))]
    assert importing == ["autograde.hub.storage.database", "autograde.hub.storage.foreign_database"]
