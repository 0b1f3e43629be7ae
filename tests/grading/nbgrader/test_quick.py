"""What nbgrader prepares once: it must find and refuse what it finds and refuses otherwise."""

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
    """nbgrader runs alembic, which is beside Python."""
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
def test_metadata_are_refused_as_jsonschema_refuses_them(instance: object) -> None:
    for _time in range(2):
        assert message_of(validate, instance, SCHEMA) == message_of(jsonschema.validate, instance, SCHEMA)


def test_a_schema_that_is_not_one_is_refused_every_time() -> None:
    for _time in range(2):
        with pytest.raises(jsonschema.SchemaError):
            validate({}, {"type": "no such type"})


def test_each_schema_is_used_for_its_own_values() -> None:
    validate(1, {"type": "integer"})
    with pytest.raises(jsonschema.ValidationError):
        validate(1, {"type": "string"})


def test_the_newest_revision_is_the_one_that_nbgraders_own_command_finds() -> None:
    with nbgrader.dbutil._temp_alembic_ini("sqlite://") as configuration:
        done = subprocess.run(["alembic", "-c", configuration, "heads"], capture_output=True, text=True, check=True)
    assert done.stdout.split()[0] == newest_revision()


def test_a_gradebook_that_is_opened_again_keeps_its_compiled_queries_and_sees_what_changed(tmp_path: Path) -> None:
    prepare_once()
    engines = set()
    for number in range(3):
        with nbgrader.api.Gradebook(f"sqlite:///{tmp_path}/gradebook.db") as book:
            book.add_student(f"learner-{number}")
            assert [each.id for each in book.students] == [f"learner-{place}" for place in range(number + 1)]
            engines.add(book.engine)
    assert len(engines) == 1


def test_a_gradebook_that_is_open_twice_can_be_closed_once(tmp_path: Path) -> None:
    prepare_once()
    address = f"sqlite:///{tmp_path}/gradebook.db"
    with nbgrader.api.Gradebook(address) as outer:
        outer.add_student("ada")
        with nbgrader.api.Gradebook(address) as inner:
            inner.add_student("grace")
        assert sorted(each.id for each in outer.students) == ["ada", "grace"]


def test_a_gradebook_that_was_replaced_is_read_anew(tmp_path: Path) -> None:
    prepare_once()
    for name in ("first", "second"):
        with nbgrader.api.Gradebook(f"sqlite:///{tmp_path}/{name}.db") as book:
            assert book.students == []
            book.add_student(name)
    (tmp_path / "second.db").replace(tmp_path / "first.db")
    with nbgrader.api.Gradebook(f"sqlite:///{tmp_path}/first.db") as book:
        assert [each.id for each in book.students] == ["second"]
