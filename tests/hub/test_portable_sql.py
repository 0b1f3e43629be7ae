"""That the Hub's SQL is not SQLite's own, so that another database is one class: read by PostgreSQL's own parser."""

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
from autograde.hub.storage.database import MIGRATIONS

_MODULES = [
    found.name
    for found in pkgutil.walk_packages(autograde.hub.__path__, "autograde.hub.")
    if not found.ispkg and not found.name.endswith("__main__")
]


def statements(name: str) -> Iterator[str]:
    """The statements that a module hands to the database; those that a function puts together from its arguments are
    left out."""
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
    """With numbered parameters."""
    numbers = itertools.count(1)
    return re.sub(r"\?", lambda match: f"${next(numbers)}", statement)


def test_statements_are_found() -> None:
    assert sum(len(list(statements(name))) for name in _MODULES) > 100


@pytest.mark.parametrize("name", _MODULES)
def test_every_statement_is_postgresql_too(name: str) -> None:
    for statement in statements(name):
        pglast.parse_sql(for_postgresql(statement))


@pytest.mark.parametrize("script", MIGRATIONS)
def test_every_migration_is_postgresql_too(script: str) -> None:
    assert pglast.parse_sql(script)


def test_what_only_sqlite_speaks_is_noticed() -> None:
    with pytest.raises(pglast.parser.ParseError):
        pglast.parse_sql(for_postgresql("INSERT OR REPLACE INTO xorbs (user_id) VALUES (?)"))


def test_only_the_port_knows_which_database_it_is() -> None:
    knowing = [name for name in _MODULES if "sqlite3" in vars(importlib.import_module(name))]
    assert knowing == ["autograde.hub.storage.database"]
