"""Let nbgrader prepare once what it prepares anew for each submission: its queries, and the schema of its metadata.

It opens the gradebook nine times for a submission and compiles all its queries each time; and it checks the schema of
cells' metadata, a file of its own, before it checks a cell. For a new gradebook it starts a process that takes seconds,
only to learn which revision of the tables is its newest.
"""

from __future__ import annotations

import json
from functools import cache, lru_cache
from types import SimpleNamespace
from typing import Any

import nbgrader.api
import nbgrader.dbutil
import nbgrader.nbgraderformat.common as metadata_format
from alembic.script import ScriptDirectory
from sqlalchemy import create_engine

#: nbgrader's own import of it: the package comes with nbgrader.
_JSONSCHEMA: Any = metadata_format.jsonschema

#: How many gradebooks' queries are kept; a process has one, or those of a few courses.
_GRADEBOOKS = 4


@cache
def prepare_once() -> None:
    """Change nbgrader in this process; what it does to notebooks and gradebooks stays the same."""
    # An engine keeps its compiled queries. Closing a gradebook closes the engine's connections, so that a file that has
    # taken the gradebook's place is opened anew.
    nbgrader.api.create_engine = lru_cache(_GRADEBOOKS)(create_engine)
    nbgrader.api.get_alembic_version = newest_revision
    metadata_format.jsonschema = SimpleNamespace(validate=validate)


@cache
def newest_revision() -> str:
    """Return the name of the newest revision of the gradebook's tables, as nbgrader's ``get_alembic_version`` does."""
    return str(ScriptDirectory(nbgrader.dbutil.ALEMBIC_DIR).get_current_head())


def validate(instance: object, schema: dict[str, Any]) -> None:
    """As :func:`jsonschema.validate`, with a schema that is checked the first time only.

    Raises:
        jsonschema.ValidationError: ``instance`` is not as the schema says.
        jsonschema.SchemaError: the schema is not valid itself.
    """
    error = _JSONSCHEMA.exceptions.best_match(_validator(json.dumps(schema)).iter_errors(instance))
    if error is not None:
        raise error


@cache
def _validator(schema: str) -> Any:
    content = json.loads(schema)
    found: Any = _JSONSCHEMA.validators.validator_for(content)
    found.check_schema(content)
    return found(content)
