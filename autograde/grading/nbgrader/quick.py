"""Cache what nbgrader otherwise prepares for each submission: compiled queries and the schema of its metadata.

nbgrader opens the gradebook nine times per submission and compiles all its queries each time; it also validates the
schema of cells' metadata before each use. For a new gradebook it starts a process that takes seconds, only to find the
newest revision of the tables.
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

#: Taken from nbgrader's module, because the package is installed as a dependency of nbgrader.
_JSONSCHEMA: Any = metadata_format.jsonschema

#: Number of gradebooks whose queries are cached; a process uses one or a few.
_GRADEBOOKS = 4


@cache
def prepare_once() -> None:
    """Patch nbgrader in this process; its effects on notebooks and gradebooks stay the same."""
    # An engine caches its compiled queries. Closing a gradebook closes the engine's connections, so a file that has
    # replaced the gradebook is opened again.
    nbgrader.api.create_engine = lru_cache(_GRADEBOOKS)(create_engine)
    nbgrader.api.get_alembic_version = newest_revision
    metadata_format.jsonschema = SimpleNamespace(validate=validate)


@cache
def newest_revision() -> str:
    """Return the name of the newest revision of the gradebook's tables, as nbgrader's ``get_alembic_version`` does."""
    return str(ScriptDirectory(nbgrader.dbutil.ALEMBIC_DIR).get_current_head())


def validate(instance: object, schema: dict[str, Any]) -> None:
    """Validate as :func:`jsonschema.validate` does, but check each schema only the first time.

    Raises:
        jsonschema.ValidationError: ``instance`` does not match the schema.
        jsonschema.SchemaError: the schema itself is invalid.
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
