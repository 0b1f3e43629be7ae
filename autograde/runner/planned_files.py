"""Create the planned files of a case, with the same bytes for the learner's side and for the referee."""

from __future__ import annotations

import tempfile
from pathlib import Path

from autograde.judge.initial_state import InitialState, PlannedFile, PlannedModel


def expected_files(initial: InitialState) -> dict[str, bytes]:
    """Return ``{path: content}`` of all files that the answer must upload to the Hub."""
    files = {file.path: file.content() for file in (*initial.files, *initial.uploads)}
    if initial.model is not None:
        with tempfile.TemporaryDirectory(prefix="autograde-model-") as folder:
            fill(Path(folder) / "model", initial.files, initial.model)
            for path in sorted((Path(folder) / "model").rglob("*")):
                if path.is_file():
                    files[path.relative_to(Path(folder) / "model").as_posix()] = path.read_bytes()
    return files


def fill(folder: Path, files: tuple[PlannedFile, ...], model: PlannedModel | None) -> None:
    """Create a folder with the planned files and the planned model."""
    if model is not None:
        from autograde.models import tiny_folder

        tiny_folder(
            folder,
            hidden_size=model.hidden_size,
            num_hidden_layers=model.layers,
            num_attention_heads=model.heads,
            seed=model.seed,
        )
    folder.mkdir(parents=True, exist_ok=True)
    for file in files:
        path = folder / file.path
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(file.content())
