"""Find out which of the six steps a learner has done, from the Hub and the workspace."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from autograde.errors import HubRefused
from autograde.i18n.translation import messages
from autograde.widgets.progress_map import MapStep, as_html, as_text
from autograde.widgets.refusals import in_the_hubs_words

_ = messages("widgets")

#: Folder in a workspace for clones and downloads.
CLONES = "clones"

#: Name of the model that lesson 2 publishes.
EXAMPLE = "first-model"

#: The lesson of each step.
LESSONS = (
    "2.1-create-an-account",
    "2.2-log-in",
    "2.3-create-a-model-repository",
    "2.4-upload-a-local-model",
    "2.5-download-with-git-clone",
    "2.6-load-the-downloaded-model",
)


@dataclass(frozen=True)
class Progress:
    """The six steps.

    Attributes:
        name: the logged-in account; None without a log-in.
        done: whether each step has left a trace.
        points: points and maximum of each exercise that was checked, by section.
    """

    name: str | None
    done: tuple[bool, bool, bool, bool, bool, bool]
    points: Mapping[str, tuple[float, float]] = field(default_factory=dict)

    def __repr__(self) -> str:
        return as_text(self.map_steps)

    def _repr_html_(self) -> str:
        return as_html(self.map_steps)

    @property
    def map_steps(self) -> list[MapStep]:
        """Return the steps for the map."""
        return [
            MapStep(
                title,
                f"{lesson}.ipynb",
                section,
                done,
                f"exercises/{lesson}/{lesson}.ipynb",
                self.points.get(section),
            )
            for title, lesson, done in zip(_steps(), LESSONS, self.done, strict=True)
            for section in [lesson.partition("-")[0]]
        ]


def _steps() -> tuple[str, ...]:
    return (
        _("create an account"),
        _("log in"),
        _("create a model repository"),
        _("upload a local model"),
        _("download it with git clone"),
        _("load the downloaded model"),
    )


def learner_progress(workspace: Path, hf_home: Path) -> Progress:
    """Return the learner's progress.

    Raises:
        HubUnreachable: the Hub does not answer.
    """
    import huggingface_hub

    # Imported here because it takes a third of a second, and a lesson must open quickly.
    from autograde.exercises.best_verdicts import best_points

    points = best_points(workspace)
    cloned = any((workspace / CLONES).glob("2.5/*/.git"))
    api = huggingface_hub.HfApi()
    try:
        with in_the_hubs_words():
            name = str(api.whoami()["name"])
            # Lesson 2 demonstrates all steps; its model does not count as the learner's own.
            models = [model.id for model in api.list_models(author=name) if model.id != f"{name}/{EXAMPLE}"]
            uploaded = any(api.file_exists(model, "model.safetensors") for model in models)
    except HubRefused:
        return Progress(None, (False, False, False, False, cloned, False), points)
    loaded = any((hf_home / "hub").glob(f"models--{name}--*/snapshots/*/model.safetensors"))
    return Progress(name, (True, True, bool(models), uploaded, cloned, loaded), points)
