"""Write verdicts into a notebook, and drop outputs that are invalid or unsafe."""

from __future__ import annotations

import ast
import json
import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from nbformat import NotebookNode

from autograde.exercises.exercise import VERDICT
from autograde.grading.disclosure import without_hidden
from autograde.judge.rendering import to_html, to_score, to_text
from autograde.judge.verdict import Verdict
from autograde.notebooks.json_size import values_in

#: Most outputs of one cell.
_MOST = 200

#: Deepest nesting of an output; copying and writing deeper ones ends in a RecursionError.
_DEEPEST = 100

#: Most values in the outputs of a cell: nbformat takes seconds to write a million.
_MOST_VALUES = 100_000

#: Valid MIME types, and those whose content may be JSON instead of text.
_MIME = re.compile(r"[a-zA-Z0-9]+/[a-zA-Z0-9\-+.]+")
_JSON = re.compile(r"application/(.*\+)?json")

#: The grader's own output, and scripts that would run in an instructor's browser.
_NOT_FROM_LEARNERS = (VERDICT, "application/javascript", "text/javascript")


def graded_question(cell: Mapping[str, Any]) -> tuple[str, str] | None:
    """Return section and function in a graded cell's ``grade(section, function, globals())``, or None."""
    if cell["cell_type"] != "code" or not cell["metadata"].get("nbgrader", {}).get("grade"):
        return None
    try:
        body = ast.parse(cell["source"]).body
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return None
    last = body[-1].value if body and isinstance(body[-1], ast.Expr) else None
    if not isinstance(last, ast.Call) or not isinstance(last.func, ast.Name) or last.func.id != "grade":
        return None
    values = [each.value for each in last.args[:2] if isinstance(each, ast.Constant)]
    return (str(values[0]), values[1]) if len(values) == 2 and isinstance(values[1], str) else None


def scored(verdict: Verdict, language: str, sources: str) -> list[NotebookNode]:
    """Return the outputs of a graded cell: the verdict for the learner, and the score for nbgrader.

    Args:
        verdict: the judge's verdict.
        language: the learner's language.
        sources: the text of the learner's cells; words in it may be shown.
    """
    shown = without_hidden(verdict, sources)
    data = {"text/plain": to_text(shown, language), "text/html": to_html(shown, language), VERDICT: shown.to_json()}
    score = {"text/plain": repr(to_score(verdict))}
    return [
        NotebookNode({"output_type": "display_data", "data": data, "metadata": {}}),
        NotebookNode({"output_type": "execute_result", "data": score, "metadata": {}, "execution_count": None}),
    ]


def fit_points(cells: Iterable[NotebookNode]) -> None:
    """Scale scores to the cell's points, which an instructor may have changed.

    nbgrader rejects a score above the cell's points, and counts a lower one as partial credit.
    """
    for cell in cells:
        points = cell.metadata.get("nbgrader", {}).get("points")
        outputs = cell.get("outputs", []) if cell.metadata.get("nbgrader", {}).get("grade") else []
        verdict = next((each.data[VERDICT] for each in outputs if VERDICT in each.get("data", {})), None)
        if verdict is None or not isinstance(points, int | float) or verdict["possible"] in (0, points):
            continue
        for output in outputs:
            if output.output_type == "execute_result":
                share = float(output.data["text/plain"]) / verdict["possible"]
                output.data["text/plain"] = repr(round(share * points, 4))


def error(name: str, what: str) -> NotebookNode:
    """Return the error output of a cell, for which nbgrader gives no points."""
    return NotebookNode({"output_type": "error", "ename": name, "evalue": what, "traceback": [what]})


def text(what: str) -> NotebookNode:
    """Return the output of a cell that printed a line."""
    return NotebookNode({"output_type": "stream", "name": "stdout", "text": f"{what}\n"})


def size_of(outputs: Iterable[Mapping[str, Any]]) -> int:
    """Return the size of the outputs as JSON, in bytes."""
    return len(json.dumps(list(outputs), ensure_ascii=False).encode("utf-8", "replace"))


def checked(outputs: object) -> list[NotebookNode]:
    """Return the valid outputs among those sent by a learner's process, without verdicts."""
    if not isinstance(outputs, list):
        return []
    kept, room = [], _MOST_VALUES
    for output in outputs[:_MOST]:
        size = values_in(output, room, _DEEPEST)
        if size is not None:
            kept.append(output)
            room -= size
    return [NotebookNode(each) for each in _checked(kept)]


def _checked(outputs: list[object]) -> Iterator[dict[str, Any]]:
    for output in outputs:
        match output:
            case {"output_type": "stream", "name": "stdout" | "stderr" as name, "text": str(words)}:
                yield {"output_type": "stream", "name": name, "text": _clean(words)}
            case {"output_type": "error", "ename": str(name), "evalue": str(value), "traceback": list(lines)}:
                trace = [_clean(line) for line in lines if isinstance(line, str)]
                yield {"output_type": "error", "ename": _clean(name), "evalue": _clean(value), "traceback": trace}
            case {"output_type": "display_data" | "execute_result" as kind, "data": dict(data), "metadata": metadata}:
                shown = {"output_type": kind, "data": _bundle(data), "metadata": _sizes(metadata)}
                if kind == "execute_result":
                    count = output.get("execution_count") if isinstance(output, dict) else None
                    shown["execution_count"] = count if type(count) is int and count >= 0 else None
                yield shown


def _bundle(data: dict[object, object]) -> dict[str, object]:
    """Return a display's values by MIME type: text, or any value for JSON types."""
    found: dict[str, object] = {}
    for kind, value in data.items():
        if not isinstance(kind, str) or not _MIME.fullmatch(kind) or kind.lower() in _NOT_FROM_LEARNERS:
            continue
        if isinstance(value, list) and all(isinstance(part, str) for part in value):
            value = "".join(map(str, value))
        if isinstance(value, str):
            found[kind] = _clean(value)
        elif _JSON.fullmatch(kind):
            found[kind] = value
    return found


def _sizes(metadata: object) -> dict[str, object]:
    """Return only the picture sizes of a display's metadata.

    nbconvert writes a width into a page without quotes, so that a text could add an attribute with a script, and loads
    a picture from where its metadata say.
    """
    found: dict[str, object] = {}
    for kind, about in metadata.items() if isinstance(metadata, dict) else ():
        if isinstance(kind, str) and kind.startswith("image/") and isinstance(about, dict):
            sizes = {name: about.get(name) for name in ("width", "height")}
            found[kind] = {name: size for name, size in sizes.items() if type(size) is int and 0 < size < 100_000}
    return found


def _clean(words: str) -> str:
    return words.encode("utf-8", "replace").decode("utf-8")
