"""How far a learner has come on the six steps: read from the Hub and the workspace, never from a tick box."""

from __future__ import annotations

from dataclasses import dataclass
from html import escape
from pathlib import Path
from urllib.parse import quote

from autograde.errors import HubRefused
from autograde.i18n.translation import messages
from autograde.widgets.refusals import in_the_hubs_words
from autograde.widgets.tables import table

_ = messages("widgets")

#: Inside the workspace: what the lessons clone and download.
CLONES = "clones"

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
        name: who is logged in; None when nobody is.
        done: for each step whether there is a trace of it.
    """

    name: str | None
    done: tuple[bool, bool, bool, bool, bool, bool]

    def __repr__(self) -> str:
        lines = [
            f"{'✓' if done else '○'} {number}. {step}"
            for number, (step, done) in enumerate(zip(_steps(), self.done, strict=True), start=1)
        ]
        return "\n".join([_("{count} of 6 steps done").format(count=sum(self.done)), *lines])

    def _repr_html_(self) -> str:
        marks = {True: _("✓ done"), False: _("○ to do")}
        rows = [
            [str(number), escape(step), escape(marks[done]), f'<a href="{quote(lesson)}.ipynb">{escape(lesson)}</a>']
            for number, (step, done, lesson) in enumerate(zip(_steps(), self.done, LESSONS, strict=True), start=1)
        ]
        caption = _("{count} of 6 steps done").format(count=sum(self.done))
        return table(caption, ["", _("step"), _("so far"), _("lesson")], rows, align="left")


def _steps() -> tuple[str, ...]:
    return (
        _("create an account"),
        _("log in"),
        _("create a model repository"),
        _("upload a local model"),
        _("download it with git clone"),
        _("load the downloaded model"),
    )


def look_around(workspace: Path, hf_home: Path) -> Progress:
    """What the Hub and ``workspace`` show of the six steps.

    Raises:
        HubUnreachable: the Hub does not answer.
    """
    import huggingface_hub

    cloned = any((workspace / CLONES).glob("2.5/*/.git"))
    api = huggingface_hub.HfApi()
    try:
        with in_the_hubs_words():
            name = str(api.whoami()["name"])
            models = [model.id for model in api.list_models(author=name)]
            uploaded = any(api.file_exists(model, "model.safetensors") for model in models)
    except HubRefused:
        return Progress(None, (False, False, False, False, cloned, False))
    loaded = any((hf_home / "hub").glob(f"models--{name}--*/snapshots/*/model.safetensors"))
    return Progress(name, (True, True, bool(models), uploaded, cloned, loaded))
