"""Put the lessons and exercises on the site: both languages, executed with a Hub while the site is built.

A Sphinx extension. It fills ``docs/lessons/en`` and ``docs/lessons/zh`` with what a learner's workspace holds;
git ignores the folder, so no output is ever committed.
"""

from __future__ import annotations

import html
import shutil
import tempfile
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import nbformat
from docutils import nodes
from nbclient import NotebookClient
from nbformat import NotebookNode
from sphinx.application import Sphinx
from sphinx.util import logging
from sphinx.writers.html5 import HTML5Translator as HTMLTranslator

from autograde.hub import LocalHub, client_environment
from autograde.session.seeding import seed
from autograde.session.workspace import fill
from autograde.settings import HUB_PORT, LANGUAGES, PRIVATE

HERE = Path(__file__).resolve().parent
FOLDER = HERE / "lessons"
TITLES = {"en": "Lessons and exercises", "zh": "课程与练习"}
EXERCISES = {"en": "Exercises", "zh": "练习"}
INTRODUCTIONS = {
    "en": "As a learner sees them in JupyterLab, executed while this site was built. Forms are empty, as at the start.",
    "zh": "与学员在 JupyterLab 里看到的一样，构建本网站时已运行。表单显示的是填写之前的样子。",
}
WIDGET, STATE = "application/vnd.jupyter.widget-view+json", "application/vnd.jupyter.widget-state+json"

log = logging.getLogger(__name__)


def setup(app: Sphinx) -> dict[str, bool]:
    """Write the lessons before Sphinx looks for its pages."""
    app.add_html_math_renderer("text", (_formula, _no_more), (_formula, _no_more))
    write(executed=not app.tags.has("unexecuted"))
    return {"parallel_read_safe": True}


def _formula(translator: HTMLTranslator, node: nodes.math) -> None:
    translator.body.append(f"<code>{html.escape(node.astext())}</code>")
    raise nodes.SkipNode


def _no_more(translator: HTMLTranslator, node: nodes.math) -> None:
    """End a formula."""


def write(*, executed: bool) -> None:
    """Make ``docs/lessons`` anew."""
    shutil.rmtree(FOLDER, ignore_errors=True)
    with ThreadPoolExecutor(len(LANGUAGES)) as pool:
        list(pool.map(lambda language: write_language(language, FOLDER / language, executed=executed), LANGUAGES))


def write_language(language: str, folder: Path, *, executed: bool) -> None:
    """Put one language's notebooks and pictures into ``folder``, with a page that lists them."""
    with tempfile.TemporaryDirectory() as name:
        workspace = Path(name) / "workspace"
        fill(workspace, language)
        files = [path for path in sorted(workspace.rglob("*")) if path.is_file()]
        kept = {path.relative_to(workspace): path.read_bytes() for path in files if PRIVATE not in path.parts}
        if executed:
            run_lessons(workspace, language, kept)
    for path, content in kept.items():
        target = folder / path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(content)
    lessons = sorted(path.stem for path in kept if path.suffix == ".ipynb" and len(path.parts) == 1)
    exercises = sorted(path.with_suffix("").as_posix() for path in kept if path.suffix == ".ipynb" and path.parts[1:])
    (folder / "index.md").write_text(_index(language, lessons, exercises), encoding="utf-8")


def _index(language: str, lessons: list[str], exercises: list[str]) -> str:
    lines = [f"# {TITLES.get(language, TITLES['en'])}", "", INTRODUCTIONS.get(language, INTRODUCTIONS["en"]), ""]
    for heading, names in (("", lessons), (EXERCISES.get(language, EXERCISES["en"]), exercises)):
        caption = [f":caption: {heading}"] if heading else []
        lines += ["```{toctree}", ":maxdepth: 1", *caption, "", *names, "```", ""]
    return "\n".join(lines)


def run_lessons(workspace: Path, language: str, kept: dict[Path, bytes]) -> None:
    """Execute the lessons in ``workspace`` in their order, and put them with their outputs into ``kept``."""
    with LocalHub() as hub:
        seed(hub)
        environment = client_environment(hub.endpoint, workspace / PRIVATE) | {"AUTOGRADE_LANGUAGE": language}
        for path in sorted(path for path in kept if path.suffix == ".ipynb" and len(path.parts) == 1):
            log.info("executing %s/%s", language, path)
            book = nbformat.reads(kept[path].decode(), as_version=4)
            resources = {"metadata": {"path": str(workspace)}}
            # Below errors, each kernel says that other users of the machine could listen.
            quiet = ["--log-level=ERROR"]
            client = NotebookClient(
                book, timeout=600, store_widget_state=True, resources=resources, extra_arguments=quiet
            )
            client.execute(env=environment)
            show_forms(book)
            text = nbformat.writes(book).replace(str(workspace), "~/workspace")
            kept[path] = text.replace(hub.endpoint, f"http://127.0.0.1:{HUB_PORT}").encode()


def show_forms(book: NotebookNode) -> None:
    """Replace each widget by what it looks like, because a page without a kernel cannot run it."""
    state = book.metadata.pop("widgets", {}).get(STATE, {}).get("state", {})
    for cell in book.cells:
        for output in cell.get("outputs", []):
            data = output.get("data", {})
            if WIDGET in data:
                shown = _widget(data[WIDGET]["model_id"], state)
                output["data"] = nbformat.from_dict({"text/html": f'<div class="form">{shown}</div>'})


def _widget(identifier: str, models: Mapping[str, Any]) -> str:
    """The HTML of one widget and those inside it."""
    model = models.get(identifier.removeprefix("IPY_MODEL_"))
    if model is None:
        return ""
    kind, state = model["model_name"].removesuffix("Model"), model["state"]
    value, label = state.get("value"), html.escape(str(state.get("description") or ""))
    if state.get("layout") and _hidden(state["layout"], models):
        return ""
    if "children" in state:
        inside = "".join(f"<div>{_widget(child, models)}</div>" for child in state["children"])
        return f'<div class="row">{inside}</div>' if kind == "HBox" else inside
    if kind in ("HTML", "HTMLMath"):
        return f"{label} {value}"
    if kind == "Output":
        return "".join(_output(output) for output in state.get("outputs", ()))
    if kind in ("Button", "ToggleButton"):
        return f'<span class="button">{label}</span>' if label else ""
    if "_options_labels" in state:
        names = state["_options_labels"]
        chosen = state.get("index")
        marks = [" chosen" if number == chosen else "" for number in range(len(names))]
        choices = [
            f'<span class="choice{mark}">{html.escape(name)}</span>' for name, mark in zip(names, marks, strict=True)
        ]
        return f'<div class="row"><span>{label}</span><span>{"".join(choices)}</span></div>'
    if kind == "Checkbox":
        return f"{'☑' if value else '☐'} {label}"
    if isinstance(value, str | int | float):
        return f'<div class="row"><span>{label}</span><span class="field">{html.escape(str(value))}&nbsp;</span></div>'
    return ""


def _hidden(layout: str, models: Mapping[str, Any]) -> bool:
    found = models.get(layout.removeprefix("IPY_MODEL_"), {}).get("state", {})
    return found.get("display") == "none" or found.get("visibility") == "hidden"


def _output(output: Mapping[str, Any]) -> str:
    data = output.get("data", {})
    if "text/html" in data:
        return str(data["text/html"])
    return f"<pre>{html.escape(output.get('text') or data.get('text/plain') or '')}</pre>"
