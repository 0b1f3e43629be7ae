"""Cached schemas, revisions and engines of nbgrader: results are the same as without a cache."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import jsonschema
import nbgrader.api
import nbgrader.dbutil
import nbgrader.nbgraderformat.common as metadata_format
import pytest

from autograde.grading.nbgrader.quick import newest_revision, prepare_once, validate

SCHEMA: dict[str, Any] = json.loads(Path(metadata_format.root, "v3.json").read_text(encoding="utf-8"))
GRADED = {"schema_version": 3, "grade": True, "solution": False, "locked": True, "task": False, "grade_id": "a"}


@pytest.fixture(autouse=True)
def commands(monkeypatch: pytest.MonkeyPatch) -> None:
    """Put Python's folder on the PATH: nbgrader runs alembic by name."""
    monkeypatch.setenv("PATH", f"{Path(sys.executable).parent}:{os.environ['PATH']}")


def message_of(validation: Any, instance: object, schema: dict[str, Any]) -> str:
    try:
        validation(instance, schema)
    except (jsonschema.ValidationError, jsonschema.SchemaError) as error:
        return f"{type(error).__name__}: {error}"
    return ""


@pytest.mark.parametrize(
    "instance",
    [GRADED | {"points": 3}, GRADED | {"points": "three"}, GRADED | {"points": 3, "grade_id": ""}, {}, [], "text"],
    ids=str,
)
def test_validation_gives_the_same_errors_as_jsonschema(instance: object) -> None:
    for _time in range(2):
        assert message_of(validate, instance, SCHEMA) == message_of(jsonschema.validate, instance, SCHEMA)


def test_invalid_schema_is_refused_every_time() -> None:
    for _time in range(2):
        with pytest.raises(jsonschema.SchemaError):
            validate({}, {"type": "no such type"})


def test_each_schema_has_its_own_validator() -> None:
    validate(1, {"type": "integer"})
    with pytest.raises(jsonschema.ValidationError):
        validate(1, {"type": "string"})


def test_newest_revision_is_the_one_that_alembic_reports() -> None:
    with nbgrader.dbutil._temp_alembic_ini("sqlite://") as configuration:
        done = subprocess.run(["alembic", "-c", configuration, "heads"], capture_output=True, text=True, check=True)
    assert done.stdout.split()[0] == newest_revision()


def test_reopened_gradebook_shares_its_engine_and_sees_changes(tmp_path: Path) -> None:
    prepare_once()
    engines = set()
    for number in range(3):
        with nbgrader.api.Gradebook(f"sqlite:///{tmp_path}/gradebook.db") as book:
            book.add_student(f"learner-{number}")
            assert [each.id for each in book.students] == [f"learner-{place}" for place in range(number + 1)]
            engines.add(book.engine)
    assert len(engines) == 1


def test_gradebook_that_is_open_twice_stays_open_after_one_close(tmp_path: Path) -> None:
    prepare_once()
    address = f"sqlite:///{tmp_path}/gradebook.db"
    with nbgrader.api.Gradebook(address) as outer:
        outer.add_student("ada")
        with nbgrader.api.Gradebook(address) as inner:
            inner.add_student("grace")
        assert sorted(each.id for each in outer.students) == ["ada", "grace"]


def test_replaced_gradebook_file_is_read_again(tmp_path: Path) -> None:
    prepare_once()
    for name in ("first", "second"):
        with nbgrader.api.Gradebook(f"sqlite:///{tmp_path}/{name}.db") as book:
            assert book.students == []
            book.add_student(name)
    (tmp_path / "second.db").replace(tmp_path / "first.db")
    with nbgrader.api.Gradebook(f"sqlite:///{tmp_path}/first.db") as book:
        assert [each.id for each in book.students] == ["second"]
